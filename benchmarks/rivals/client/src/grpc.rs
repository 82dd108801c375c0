//! gRPC as it is on the wire: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>.

use bytes::{BufMut, Bytes, BytesMut};
use hyper::HeaderMap;

/// `INTERNAL`: the answer is not gRPC.
pub const INTERNAL: u32 = 13;
const PREFIX: usize = 5;

/// A message with what goes before it: not compressed, and its length.
pub fn frame(message: &Bytes) -> Bytes {
    let mut framed = BytesMut::with_capacity(PREFIX + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.extend_from_slice(message);
    framed.freeze()
}

/// The status of a call: in the trailers, or in the headers where there is nothing else.
pub fn status(headers: &HeaderMap, trailers: Option<&HeaderMap>) -> u32 {
    let of = |map: &HeaderMap| map.get("grpc-status")?.to_str().ok()?.parse().ok();
    trailers
        .and_then(of)
        .or_else(|| of(headers))
        .unwrap_or(INTERNAL)
}

/// The message of a framed answer; what cannot be one is given as it is.
pub fn unframe(answer: Bytes) -> Bytes {
    if answer.len() < PREFIX {
        return answer;
    }
    answer.slice(PREFIX..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_its_frame() {
        let framed = frame(&Bytes::from_static(b"abc"));
        assert_eq!(framed, Bytes::from_static(b"\0\0\0\0\x03abc"));
        assert_eq!(unframe(framed), "abc");
    }

    #[test]
    fn an_answer_without_status_is_no_success() {
        let mut trailers = HeaderMap::new();
        assert_eq!(status(&HeaderMap::new(), Some(&trailers)), INTERNAL);
        trailers.insert("grpc-status", hyper::header::HeaderValue::from_static("0"));
        assert_eq!(status(&HeaderMap::new(), Some(&trailers)), 0);
        assert_eq!(status(&trailers, None), 0);
    }
}
