//! When the calls of an open loop are due.

use std::iter::Peekable;
use std::time::Duration;

use clap::ValueEnum;

use crate::method::Method;

/// How calls are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Arrivals {
    /// Equal gaps.
    Constant,
    /// Exponential gaps: independent callers.
    Poisson,
}

/// An endless timetable of one method.
pub struct Schedule {
    arrivals: Arrivals,
    gap: f64,
    offset: f64,
    made: u32,
    random: fastrand::Rng,
}

impl Schedule {
    /// `rate` calls a second; constant arrivals begin `offset` gaps after zero.
    pub fn new(arrivals: Arrivals, rate: f64, offset: f64, seed: u64) -> Self {
        let gap = 1.0 / rate;
        Self {
            arrivals,
            gap,
            offset: offset * gap,
            made: 0,
            random: fastrand::Rng::with_seed(seed),
        }
    }
}

impl Iterator for Schedule {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let due = match self.arrivals {
            // A product, not a sum: no error builds up.
            Arrivals::Constant => self.offset + f64::from(self.made) * self.gap,
            Arrivals::Poisson => {
                self.offset -= (1.0 - self.random.f64()).ln() * self.gap;
                self.offset
            }
        };
        self.made = self.made.checked_add(1)?;
        Some(Duration::from_secs_f64(due))
    }
}

/// One call of a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Time after the start of the run.
    pub at: Duration,
    /// What is called.
    pub method: Method,
    /// Position of the payment, or for a ping of the payment due at about its time.
    pub index: usize,
}

/// How often a method is called.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    /// What is called.
    pub method: Method,
    /// Calls a second.
    pub rate: f64,
}

/// The timetables of several methods, merged by time.
pub struct Timetable {
    lanes: Vec<Peekable<Box<dyn Iterator<Item = Due> + Send>>>,
}

impl Timetable {
    /// Calls of each lane for as long as `count` payments at `rate` last, the lanes' gaps evenly
    /// set off.
    pub fn new(lanes: &[Lane], arrivals: Arrivals, rate: f64, seed: u64, count: usize) -> Self {
        let spread = |(number, lane): (usize, &Lane)| {
            let method = lane.method;
            let offset = number as f64 / lanes.len() as f64;
            let schedule = Schedule::new(arrivals, lane.rate, offset, seed + number as u64);
            let payments_a_call = rate / lane.rate;
            let dues = schedule.enumerate().map(move |(call, at)| Due {
                at,
                method,
                index: (call as f64 * payments_a_call) as usize,
            });
            let dues = dues.take_while(move |due| due.index < count);
            (Box::new(dues) as Box<dyn Iterator<Item = Due> + Send>).peekable()
        };
        Self {
            lanes: lanes.iter().enumerate().map(spread).collect(),
        }
    }
}

impl Iterator for Timetable {
    type Item = Due;

    fn next(&mut self) -> Option<Due> {
        let due = |lane: &mut Peekable<_>| lane.peek().map(|due: &Due| due.at);
        let next = self.lanes.iter_mut().enumerate();
        let next = next.filter_map(|(number, lane)| Some((due(lane)?, number)));
        let (_, number) = next.min()?;
        self.lanes.get_mut(number)?.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_arrivals_do_not_drift() {
        let mut schedule = Schedule::new(Arrivals::Constant, 300.0, 0.5, 1);
        assert_eq!(schedule.next().unwrap().as_nanos(), 1_666_667);
        let late = schedule.nth(299_998).unwrap();
        assert!((late.as_secs_f64() - (1000.0 - 0.5 / 300.0)).abs() < 1e-9);
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_spread() {
        let schedule = Schedule::new(Arrivals::Poisson, 100.0, 0.0, 7);
        let times: Vec<f64> = schedule.take(20_000).map(|at| at.as_secs_f64()).collect();
        let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!((mean - 0.01).abs() < 3e-4, "mean gap {mean}");
        assert!((variance.sqrt() - 0.01).abs() < 5e-4, "spread {variance}");
    }

    #[test]
    fn one_seed_gives_one_schedule() {
        let times = |seed| {
            let schedule = Schedule::new(Arrivals::Poisson, 10.0, 0.0, seed);
            schedule.take(50).collect::<Vec<_>>()
        };
        assert_eq!(times(3), times(3));
        assert_ne!(times(3), times(4));
    }

    #[test]
    fn interleaved_methods_alternate_half_a_gap_apart() {
        let lanes = [Method::Ping, Method::Score].map(|method| Lane {
            method,
            rate: 100.0,
        });
        let dues: Vec<Due> = Timetable::new(&lanes, Arrivals::Constant, 100.0, 1, 3).collect();
        let order: Vec<(u128, Method, usize)> = dues
            .iter()
            .map(|due| (due.at.as_millis(), due.method, due.index))
            .collect();
        assert_eq!(
            order,
            [
                (0, Method::Ping, 0),
                (5, Method::Score, 0),
                (10, Method::Ping, 1),
                (15, Method::Score, 1),
                (20, Method::Ping, 2),
                (25, Method::Score, 2),
            ]
        );
    }

    #[test]
    fn a_merged_timetable_is_sorted_and_complete() {
        let methods = [Method::Ping, Method::Score];
        let lanes = methods.map(|method| Lane { method, rate: 50.0 });
        let dues: Vec<Due> = Timetable::new(&lanes, Arrivals::Poisson, 50.0, 9, 500).collect();
        assert!(dues.is_sorted_by_key(|due| due.at));
        for method in methods {
            let of_method = dues.iter().filter(|due| due.method == method);
            let indices: Vec<usize> = of_method.map(|due| due.index).collect();
            assert_eq!(indices, (0..500).collect::<Vec<_>>());
        }
    }

    #[test]
    fn rarer_pings_last_as_long_as_the_payments() {
        let lane = |method, rate| Lane { method, rate };
        let lanes = [lane(Method::Ping, 100.0), lane(Method::Score, 300.0)];
        let dues: Vec<Due> = Timetable::new(&lanes, Arrivals::Constant, 300.0, 1, 900).collect();
        let pings = dues.iter().filter(|due| due.method == Method::Ping);
        let indices: Vec<usize> = pings.map(|due| due.index).collect();
        assert_eq!(indices, (0..900).step_by(3).collect::<Vec<_>>());
        assert_eq!(dues.len(), 1200);
    }
}
