//! Places as unit vectors, so that poles and the date line need no special case.

use libm::{asin, cos, sin, sqrt};

/// Mean Earth radius in kilometres (IUGG R1).
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;
const SCALE: f64 = (1_u32 << 30) as f64;

/// A point on the sphere in fixed point, about a centimetre fine.
///
/// Fixed point, so that sums of places do not depend on their order.
pub type Place = [i32; 3];

/// The place at a latitude and longitude in degrees.
#[must_use]
pub fn place_at(latitude: f64, longitude: f64) -> Place {
    let (phi, lambda) = (latitude.to_radians(), longitude.to_radians());
    let vector = [cos(phi) * cos(lambda), cos(phi) * sin(lambda), sin(phi)];
    vector.map(|part| libm::rint(part * SCALE) as i32)
}

/// Great-circle distance in kilometres, by the chord between the unit vectors.
///
/// Either argument may be of any length but zero, such as a sum of places.
#[must_use]
pub fn distance_km(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (unit(a), unit(b));
    let square = |x: f64| x * x;
    let [ax, ay, az] = a;
    let [bx, by, bz] = b;
    let chord = sqrt(square(ax - bx) + square(ay - by) + square(az - bz));
    2.0 * EARTH_RADIUS_KM * asin((chord / 2.0).min(1.0))
}

/// A place as floats.
#[must_use]
pub fn vector_of(place: Place) -> [f64; 3] {
    place.map(f64::from)
}

fn unit(vector: [f64; 3]) -> [f64; 3] {
    let [x, y, z] = vector;
    let length = sqrt(x * x + y * y + z * z);
    vector.map(|part| part / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: (f64, f64), b: (f64, f64)) -> f64 {
        distance_km(vector_of(place_at(a.0, a.1)), vector_of(place_at(b.0, b.1)))
    }

    #[test]
    fn known_distances() {
        let (london, paris) = ((51.5074, -0.1278), (48.8566, 2.3522));
        assert!((between(london, paris) - 343.6).abs() < 0.5);
        assert!(between((0.0, 180.0), (0.0, -180.0)) < 0.001);
        assert!(between((90.0, 0.0), (90.0, 123.0)) < 0.001);
        assert!((between((90.0, 0.0), (-90.0, 0.0)) - 20_015.1).abs() < 0.1);
    }
}
