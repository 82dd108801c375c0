//! Networks in CIDR form.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `text` is an IPv4 or IPv6 network whose bits beyond the prefix are zero, such as
/// "203.0.113.0/24".
pub fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        let bits = u128::from(u32::from(address)) << 96;
        return prefix_length(length, 32).is_some_and(|length| is_zero_beyond(bits, length));
    }
    address.parse::<Ipv6Addr>().is_ok_and(|address| {
        let bits = u128::from(address);
        prefix_length(length, 128).is_some_and(|length| is_zero_beyond(bits, length))
    })
}

/// A decimal number of at most `most`, without signs or leading zeros.
fn prefix_length(text: &str, most: u32) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok().filter(|length| *length <= most)
}

fn is_zero_beyond(bits: u128, length: u32) -> bool {
    bits.checked_shl(length).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_networks_from_hosts() {
        for network in [
            "0.0.0.0/0",
            "203.0.113.0/24",
            "10.1.2.3/32",
            "2001:db8::/32",
            "::/0",
        ] {
            assert!(is_network(network), "{network}");
        }
        for other in [
            "",
            "/",
            "10.0.0.0",
            "10.0.0.1/24",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "::1/64",
        ] {
            assert!(!is_network(other), "{other}");
        }
    }
}
