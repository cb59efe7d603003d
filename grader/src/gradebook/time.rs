/*! Times as people and platforms write them, and seconds since 1970. It knows UTC and fixed offsets only. */

/// Seconds in a day.
pub const DAY: i64 = 24 * 60 * 60;

/// The seconds since 1970 of a time such as `2026-11-27T08:15:00Z`, `2026-11-27 08:15:00.25 +0100` or `2026-11-27`, which
/// is its last second. Without an offset the time is UTC.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches("UTC").trim_end();
    let number = |part: &str, digits: usize| -> Option<i64> {
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let date = text.get(..10)?;
    let (year, month, day) = (number(date.get(..4)?, 4)?, number(date.get(5..7)?, 2)?, number(date.get(8..)?, 2)?);
    let separators = date.as_bytes()[4] == b'-' && date.as_bytes()[7] == b'-';
    if !separators || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let midnight = days(year, month, day) * DAY;
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(midnight + DAY - 1);
    }
    let rest = rest.strip_prefix(['T', 't', ' ', '_'])?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(end);
    let clock = clock.split_once('.').map_or(clock, |(clock, _)| clock);
    let mut parts = clock.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(midnight + 3600 * hour + 60 * minute + second - seconds_ahead(offset.trim())?)
}

/// The seconds by which an offset such as `+01:00` is ahead of UTC.
fn seconds_ahead(offset: &str) -> Option<i64> {
    if matches!(offset, "" | "Z" | "z") {
        return Some(0);
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits: String = offset.strip_prefix(['+', '-'])?.chars().filter(|c| *c != ':').collect();
    let value: i64 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() == 2 { (value, 0) } else { (value / 100, value % 100) };
    (matches!(digits.len(), 2 | 4) && hours < 24 && minutes < 60).then_some(sign * (3600 * hours + 60 * minutes))
}

/// A time as text, in UTC.
pub fn text(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Now, in seconds since 1970.
pub fn now() -> i64 {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| elapsed.as_secs().cast_signed())
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. A year begins in March, so that a leap day is its last;
/// 400 years have 146,097 days, of which 719,468 lie between 0000-03-01 and 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day; the inverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + days.div_euclid(146_097) * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: `datetime.fromisoformat(…).timestamp()` of Python 3.13.
    #[test]
    fn times_are_read_as_python_reads_them() {
        let check = |text: &str, expected: Option<i64>| assert_eq!(parse(text), expected, "{text}");
        check("1970-01-01T00:00:00Z", Some(0));
        check("2026-11-27T08:15:00Z", Some(1_795_767_300));
        check("2026-11-27 09:15:00.123 +0100", Some(1_795_767_300));
        check("2026-11-27T00:15-08:00", Some(1_795_767_300));
        check("2026-11-27 08:15:00 UTC", Some(1_795_767_300));
        check("2024-02-29", Some(1_709_251_199));
        check("2026-13-01", None);
        check("2026-11-27T25:00:00Z", None);
        check("2026-11-27T08:15:00 CET", None);
        check("yesterday", None);
        check("ééééé-11", None);
    }

    #[test]
    fn a_time_as_text_is_the_time() {
        for seconds in (-60_000_000_000..200_000_000_000).step_by(777_777_777) {
            assert_eq!(parse(&text(seconds)), Some(seconds), "{}", text(seconds));
        }
    }
}
