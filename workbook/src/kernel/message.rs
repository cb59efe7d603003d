/*!
A message of the Jupyter protocol (5.4), as frames of ZeroMQ and back.

Contents stay JSON values here: a client may send more than this kernel knows, or less than the protocol asks for, and
neither must end the kernel. Sockets are `network.rs`.
*/

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The version of the protocol that this kernel speaks.
pub const PROTOCOL_VERSION: &str = "5.4";
/// The frame between the identities, which route a message, and its content.
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// One message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Where a reply goes to; for iopub, the topic.
    pub identities: Vec<Bytes>,
    pub header: Value,
    pub parent: Value,
    pub metadata: Value,
    pub content: Value,
}

impl Message {
    /// The type in the header, empty if there is none.
    pub fn kind(&self) -> &str {
        self.header["msg_type"].as_str().unwrap_or_default()
    }
}

/// Makes and reads the messages of one kernel process.
pub struct Codec {
    key: Vec<u8>,
    /// The kernel's session, an id of its own for each process.
    session: String,
    count: AtomicU64,
}

impl Codec {
    pub fn new(key: &str) -> Codec {
        // A random number without a crate for it: the standard library draws the keys of its hash maps from the system.
        let session = format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1));
        Codec { key: key.as_bytes().to_vec(), session, count: AtomicU64::new(0) }
    }

    /// A new message of the kernel, caused by `parent` (null if by nothing).
    pub fn message(&self, kind: &str, identities: Vec<Bytes>, parent: &Value, content: Value) -> Message {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let header = json!({
            "msg_id": format!("{}_{number}", self.session),
            "session": self.session,
            "username": "kernel",
            "date": date(SystemTime::now()),
            "msg_type": kind,
            "version": PROTOCOL_VERSION,
        });
        let parent = if parent.is_object() { parent.clone() } else { json!({}) };
        Message { identities, header, parent, metadata: json!({}), content }
    }

    /// The frames of a message, signed.
    pub fn encode(&self, message: &Message) -> Vec<Bytes> {
        let parts = [&message.header, &message.parent, &message.metadata, &message.content].map(Value::to_string);
        let signature = self.mac(parts.iter().map(String::as_bytes));
        let signature = signature.map_or(String::new(), |mac| hex(&mac.finalize().into_bytes()));
        let mut frames = message.identities.clone();
        frames.push(Bytes::from_static(DELIMITER));
        frames.push(signature.into());
        frames.extend(parts.map(Bytes::from));
        frames
    }

    /// The message in these frames.
    ///
    /// # Errors
    /// When a part is missing or is no JSON, or the signature is not that of the key.
    pub fn decode(&self, frames: Vec<Bytes>) -> Result<Message, String> {
        let delimiter = frames.iter().position(|frame| frame == DELIMITER).ok_or("a message without <IDS|MSG>")?;
        let (identities, rest) = frames.split_at(delimiter);
        let [_, signature, header, parent, metadata, content, ..] = rest else {
            return Err(format!("a message of {} parts after its identities, expected 6", rest.len()));
        };
        if let Some(mac) = self.mac([header, parent, metadata, content].map(|part| &**part).into_iter()) {
            let signature = from_hex(signature).ok_or("a message whose signature is not hexadecimal")?;
            mac.verify_slice(&signature).map_err(|_| "a message whose signature is wrong")?;
        }
        let json = |part: &[u8], name: &str| {
            serde_json::from_slice::<Value>(part).map_err(|error| format!("a message whose {name} is no JSON: {error}"))
        };
        let message = Message {
            identities: identities.to_vec(),
            header: json(header, "header")?,
            parent: json(parent, "parent header")?,
            metadata: json(metadata, "metadata")?,
            content: json(content, "content")?,
        };
        if message.kind().is_empty() {
            return Err("a message whose header has no msg_type".into());
        }
        Ok(message)
    }

    /// None if messages are not signed.
    fn mac<'a>(&self, parts: impl Iterator<Item = &'a [u8]>) -> Option<Hmac<Sha256>> {
        if self.key.is_empty() {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key may have any length");
        parts.for_each(|part| mac.update(part));
        Some(mac)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    text.chunks(2).map(|pair| Some(16 * digit(pair[0])? + digit(*pair.get(1)?)?)).collect()
}

/// A time as ISO 8601 in UTC, with microseconds.
fn date(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Howard Hinnant's civil_from_days, for days since 1970: years begin in March, so that leap days come last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = 400 * era + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}Z", since.subsec_micros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn example(codec: &Codec) -> Message {
        codec.message("execute_request", vec![Bytes::from_static(b"client")], &Value::Null, json!({ "code": "1" }))
    }

    #[test]
    fn a_message_reads_back() {
        for key in ["", "secret"] {
            let codec = Codec::new(key);
            let message = example(&codec);
            let read = codec.decode(codec.encode(&message)).unwrap();
            assert_eq!(read.kind(), "execute_request");
            assert_eq!(read.header["msg_id"], message.header["msg_id"]);
            assert_eq!((&read.identities, &read.content), (&message.identities, &message.content));
            assert_eq!(read.parent, json!({}));
        }
    }

    /// hmac.new(b"key", b"The quick brown fox jumps over the lazy dog", "sha256").hexdigest() in Python
    #[test]
    fn signatures_are_hmac_sha256() {
        let codec = Codec::new("key");
        let mac = codec.mac([b"The quick brown fox ".as_slice(), b"jumps over the lazy dog"].into_iter()).unwrap();
        let expected = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert_eq!(hex(&mac.finalize().into_bytes()), expected);
    }

    /// Every frame that is missing, cut short or changed by a bit is an error, and none is a panic.
    #[test]
    fn damaged_messages_are_refused() {
        let codec = Codec::new("secret");
        let frames = codec.encode(&example(&codec));
        for index in 0..frames.len() {
            let mut missing = frames.clone();
            missing.remove(index);
            let mut damaged = vec![missing];
            for change in 0..frames[index].len().min(70) {
                let mut bytes = frames[index].to_vec();
                bytes[change] ^= 1;
                damaged.push([&frames[..index], &[Bytes::from(bytes)], &frames[index + 1..]].concat());
                damaged.push([&frames[..index], &[frames[index].slice(..change)], &frames[index + 1..]].concat());
            }
            // The identity routes the message and is no part of what is signed.
            if index > 0 {
                damaged.into_iter().for_each(|frames| assert!(codec.decode(frames).is_err()));
            }
        }
        assert!(codec.decode(Vec::new()).is_err());
        assert!(Codec::new("").decode(frames[1..3].to_vec()).is_err());
    }

    /// datetime.datetime.fromtimestamp(n, datetime.timezone.utc) in Python
    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199, "2024-02-29T23:59:59.000000Z"),
            (1_735_689_600, "2025-01-01T00:00:00.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
        ] {
            assert_eq!(date(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
        assert_eq!(date(UNIX_EPOCH + Duration::from_micros(1_000_042)), "1970-01-01T00:00:01.000042Z");
    }
}
