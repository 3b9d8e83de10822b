//! Dates and times for `os.date` and `os.time`, through the C library, which knows the time zone and the locale.
//!
//! This is the only module of the library's algorithms that calls foreign code; the calls stand in one small wrapper
//! at its end.

use std::fmt;

/// The conversions of C99's `strftime` without a modifier.
const PLAIN_CONVERSIONS: &[u8] = b"aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
/// Those that accept the modifier `E`.
const E_CONVERSIONS: &[u8] = b"cCxXyY";
/// Those that accept the modifier `O`.
const O_CONVERSIONS: &[u8] = b"deHImMSuUVwWy";

/// What cannot be done. Displays as PUC Lua's message, without a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateError {
    /// A `%` that starts no conversion; holds the format from after the `%` on. Argument 1 is to blame.
    InvalidConversion(Box<[u8]>),
    /// The time has no date.
    UnrepresentableDate,
    /// The date has no time.
    UnrepresentableTime,
    /// A field of a date table has a value that is no integer.
    FieldNotInteger(&'static str),
    /// A field without a default is absent.
    FieldMissing(&'static str),
    /// A field does not fit the C type.
    FieldOutOfBound(&'static str),
}

impl DateError {
    /// The message, which may hold bytes that are not UTF-8.
    pub fn message(&self) -> Vec<u8> {
        match self {
            Self::InvalidConversion(rest) => [b"invalid conversion specifier '%", &**rest, b"'"].concat(),
            Self::UnrepresentableDate => b"date result cannot be represented in this installation".to_vec(),
            Self::UnrepresentableTime => b"time result cannot be represented in this installation".to_vec(),
            Self::FieldNotInteger(name) => format!("field '{name}' is not an integer").into_bytes(),
            Self::FieldMissing(name) => format!("field '{name}' missing in date table").into_bytes(),
            Self::FieldOutOfBound(name) => format!("field '{name}' is out-of-bound").into_bytes(),
        }
    }
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message()))
    }
}

impl std::error::Error for DateError {}

/// The fields of a date table, as Lua counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateFields {
    /// The year of our era.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
    /// The hour, from 0.
    pub hour: i64,
    /// The minute, from 0.
    pub min: i64,
    /// The second, from 0; 60 is a leap second.
    pub sec: i64,
    /// The day of the year, from 1.
    pub yday: i64,
    /// The day of the week, from 1 for Sunday.
    pub wday: i64,
    /// Whether daylight saving time is in effect, if that is known.
    pub isdst: Option<bool>,
}

/// How a field of a date table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputField {
    /// Its key.
    pub name: &'static str,
    /// Its value when it is absent, unless it must be present.
    default: Option<i32>,
    /// What Lua adds to the number C uses.
    delta: i32,
}

/// The fields `os.time` reads, in the order in which it looks for them; `isdst` follows.
pub const INPUT_FIELDS: [InputField; 6] = [
    InputField { name: "year", default: None, delta: 1900 },
    InputField { name: "month", default: None, delta: 1 },
    InputField { name: "day", default: None, delta: 0 },
    InputField { name: "hour", default: Some(12), delta: 0 },
    InputField { name: "min", default: Some(0), delta: 0 },
    InputField { name: "sec", default: Some(0), delta: 0 },
];

impl InputField {
    /// The number C uses for a value that is present.
    pub fn value(&self, value: i64) -> Result<i32, DateError> {
        let shifted = value.checked_sub(i64::from(self.delta)).and_then(|value| i32::try_from(value).ok());
        shifted.ok_or(DateError::FieldOutOfBound(self.name))
    }

    /// The number C uses when the field is absent.
    pub fn absent(&self) -> Result<i32, DateError> {
        self.default.ok_or(DateError::FieldMissing(self.name))
    }

    /// The error for a value that is no integer.
    pub fn not_integer(&self) -> DateError {
        DateError::FieldNotInteger(self.name)
    }
}

/// A format of `os.date`, without the `!` that asks for UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateFormat<'f> {
    /// Whether the date is to be in UTC.
    pub utc: bool,
    /// The rest of the format.
    pub text: &'f [u8],
}

impl<'f> DateFormat<'f> {
    /// Reads a format.
    pub fn new(format: &'f [u8]) -> DateFormat<'f> {
        match format {
            [b'!', text @ ..] => DateFormat { utc: true, text },
            text => DateFormat { utc: false, text },
        }
    }

    /// Whether the format is `*t`, which asks for a table.
    pub fn is_table(&self) -> bool {
        matches!(self.text, [b'*', b't'] | [b'*', b't', 0, ..])
    }
}

/// A date: a broken-down time.
#[derive(Clone, Copy)]
pub struct Date(libc::tm);

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields().fmt(f)
    }
}

impl Date {
    /// The date of a time in seconds since the epoch, in UTC or local time.
    pub fn new(time: i64, utc: bool) -> Result<Date, DateError> {
        c::broken_down(time, utc).map(Date).ok_or(DateError::UnrepresentableDate)
    }

    /// The date of a local time with the numbers C uses for [`INPUT_FIELDS`], not yet normalised.
    pub fn from_input(values: [i32; 6], isdst: Option<bool>) -> Date {
        let mut date = c::zero();
        [date.tm_year, date.tm_mon, date.tm_mday, date.tm_hour, date.tm_min, date.tm_sec] = values;
        date.tm_isdst = isdst.map_or(-1, i32::from);
        Date(date)
    }

    /// Normalises the fields of a local time, and returns its time in seconds since the epoch.
    pub fn normalise(&mut self) -> Result<i64, DateError> {
        match c::make_time(&mut self.0) {
            -1 => Err(DateError::UnrepresentableTime),
            time => Ok(time),
        }
    }

    /// The fields of the date.
    pub fn fields(&self) -> DateFields {
        let date = &self.0;
        DateFields {
            year: i64::from(date.tm_year) + 1900,
            month: i64::from(date.tm_mon) + 1,
            day: i64::from(date.tm_mday),
            hour: i64::from(date.tm_hour),
            min: i64::from(date.tm_min),
            sec: i64::from(date.tm_sec),
            yday: i64::from(date.tm_yday) + 1,
            wday: i64::from(date.tm_wday) + 1,
            isdst: (date.tm_isdst >= 0).then_some(date.tm_isdst > 0),
        }
    }

    /// Appends the date by a format of C99's `strftime`.
    pub fn format(&self, format: &[u8], out: &mut Vec<u8>) -> Result<(), DateError> {
        let mut rest = format;
        while let Some(mark) = memchr::memchr(b'%', rest) {
            out.extend_from_slice(&rest[..mark]);
            rest = &rest[mark + 1..];
            let length = conversion_length(rest).ok_or_else(|| invalid_conversion(rest))?;
            let mut conversion = [b'%', 0, 0, 0];
            conversion[1..=length].copy_from_slice(&rest[..length]);
            c::append_conversion(conversion, &self.0, out);
            rest = &rest[length..];
        }
        out.extend_from_slice(rest);
        Ok(())
    }
}

/// The length of the conversion that `text` starts with, without its `%`.
fn conversion_length(text: &[u8]) -> Option<usize> {
    match text {
        [b'E', letter, ..] => E_CONVERSIONS.contains(letter).then_some(2),
        [b'O', letter, ..] => O_CONVERSIONS.contains(letter).then_some(2),
        [letter, ..] => PLAIN_CONVERSIONS.contains(letter).then_some(1),
        [] => None,
    }
}

fn invalid_conversion(rest: &[u8]) -> DateError {
    let end = memchr::memchr(0, rest).unwrap_or(rest.len());
    DateError::InvalidConversion(rest[..end].into())
}

/// The processor time the program has used, in seconds: `os.clock`.
pub fn processor_seconds() -> f64 {
    let (seconds, nanoseconds) = c::processor_time();
    seconds as f64 + nanoseconds as f64 * 1e-9
}

/// The functions of the C library.
mod c {
    /// The longest text of one conversion.
    const MAX_CONVERSION: usize = 250;

    /// A date with all fields zero.
    pub fn zero() -> libc::tm {
        // SAFETY: `tm` holds integers and a pointer to the name of the time zone, for which all bits zero are valid.
        unsafe { std::mem::zeroed() }
    }

    pub fn broken_down(time: i64, utc: bool) -> Option<libc::tm> {
        let time = libc::time_t::from(time);
        let mut date = zero();
        // SAFETY: both pointers are to live locals; the functions keep neither.
        let done = unsafe { if utc { libc::gmtime_r(&time, &mut date) } else { libc::localtime_r(&time, &mut date) } };
        (!done.is_null()).then_some(date)
    }

    pub fn make_time(date: &mut libc::tm) -> i64 {
        // SAFETY: the pointer is to a live `tm`, whose fields may have any value.
        unsafe { libc::mktime(date) }
    }

    /// Appends one conversion, given as a zero-terminated format; one that takes too much room yields nothing.
    pub fn append_conversion(conversion: [u8; 4], date: &libc::tm, out: &mut Vec<u8>) {
        debug_assert_eq!(conversion[3], 0);
        let mut buffer = [0u8; MAX_CONVERSION];
        // SAFETY: the buffer has the size given; the format ends with a zero, as its last byte is never written; the
        // date comes from the C library or has a null zone name, which `strftime` accepts.
        let length = unsafe { libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), conversion.as_ptr().cast(), date) };
        out.extend_from_slice(&buffer[..length]);
    }

    /// Seconds and nanoseconds; zeros on a system without a clock for processes.
    pub fn processor_time() -> (i64, i64) {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer is to a live local.
        unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
        (time.tv_sec, time.tv_nsec)
    }
}

#[cfg(test)]
mod tests {
    //! Expectations were taken from PUC Lua 5.4.8 with `TZ=UTC` and the C locale.

    use super::*;

    fn date(time: i64, format: &str) -> String {
        let mut out = Vec::new();
        let result = Date::new(time, true).and_then(|date| date.format(format.as_bytes(), &mut out));
        result.map_or_else(|error| error.to_string(), |()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn formats() {
        for (time, format, want) in [
            (0, "", ""),
            (0, "%c", "Thu Jan  1 00:00:00 1970"),
            (1700000000, "%Y-%m-%d %H:%M:%S", "2023-11-14 22:13:20"),
            (1700000000, "%a %A %b %B %h", "Tue Tuesday Nov November Nov"),
            (1700000000, "%C %d %D %e %F %g %G", "20 14 11/14/23 14 2023-11-14 23 2023"),
            (1700000000, "%I %j %n %p %r %R %t", "10 318 \n PM 10:13:20 PM 22:13 \t"),
            (1700000000, "%T %u %U %V %w %W", "22:13:20 2 46 46 2 46"),
            (1700000000, "%x %X %y %z %Z %%", "11/14/23 22:13:20 23 +0000 GMT %"),
            (1700000000, "%Ec|%EC|%Ex|%EX|%Ey|%EY", "Tue Nov 14 22:13:20 2023|20|11/14/23|22:13:20|23|2023"),
            (1700000000, "%Od %Oe %OH %OI %Om %OM %OS %Ou %OU %OV %Ow %OW %Oy", "14 14 22 10 11 13 20 2 46 46 2 46 23"),
            (-1, "plain %S", "plain 59"),
            (-62135596801, "%Y %F", "0 0-12-31"),
            (67767976233532799, "%Y", "2147483647"),
            (0, "%Ez", "invalid conversion specifier '%Ez'"),
            (0, "%E", "invalid conversion specifier '%E'"),
            (0, "%O", "invalid conversion specifier '%O'"),
            (0, "%", "invalid conversion specifier '%'"),
            (0, "%Ea rest", "invalid conversion specifier '%Ea rest'"),
            (0, "%i", "invalid conversion specifier '%i'"),
            (0, "%-d", "invalid conversion specifier '%-d'"),
            (0, "ok %Q", "invalid conversion specifier '%Q'"),
            (0, "a\x00%d", "a\x0001"),
            (0, "%Q\x00x", "invalid conversion specifier '%Q'"),
            (0, "%EE", "invalid conversion specifier '%EE'"),
            (0, "%Oc", "invalid conversion specifier '%Oc'"),
        ] {
            assert_eq!(date(time, format), want, "{format:?}");
        }
    }

    #[test]
    fn fields() {
        let fields = Date::new(1700000000, true).unwrap().fields();
        let want =
            DateFields { year: 2023, month: 11, day: 14, hour: 22, min: 13, sec: 20, yday: 318, wday: 3, isdst: Some(false) };
        assert_eq!(fields, want);
        assert_eq!(Date::new(i64::MAX, true).unwrap_err(), DateError::UnrepresentableDate);
    }

    #[test]
    fn processor_time_grows() {
        let start = processor_seconds();
        while processor_seconds() - start < 0.001 {}
        assert!((0.0..1e6).contains(&start));
    }

    #[test]
    fn requests() {
        assert_eq!(DateFormat::new(b"!%c"), DateFormat { utc: true, text: b"%c" });
        assert!(DateFormat::new(b"!*t").is_table());
        assert!(DateFormat::new(b"*t").is_table());
        assert!(!DateFormat::new(b"*tx").is_table());
    }

    /// Local times depend on the zone of the machine, so this goes there and back.
    #[test]
    fn normalises() {
        let [year, month, day, ..] = INPUT_FIELDS;
        let values = |y, m, d| [year.value(y).unwrap(), month.value(m).unwrap(), day.value(d).unwrap(), 12, 0, 0];
        let mut late = Date::from_input(values(2020, 14, -3), None);
        let time = late.normalise().unwrap();
        let fields = late.fields();
        assert_eq!((fields.year, fields.month, fields.day, fields.hour), (2021, 1, 28, 12));
        assert_eq!((fields.yday, fields.wday), (28, 5));
        assert_eq!(Date::new(time, false).unwrap().fields(), fields);
        let mut far = Date::from_input([i32::MAX, 0, 1, 0, 0, 0], None);
        assert!(far.normalise().is_ok_and(|time| time > 1 << 55));
    }

    #[test]
    fn bounds_of_fields() {
        let [year, _, day, hour, ..] = INPUT_FIELDS;
        assert_eq!(year.value(i64::from(i32::MAX) + 1900), Ok(i32::MAX));
        assert_eq!(year.value(i64::from(i32::MAX) + 1901), Err(DateError::FieldOutOfBound("year")));
        assert_eq!(year.value(i64::from(i32::MIN) + 1899), Err(DateError::FieldOutOfBound("year")));
        assert_eq!(year.value(i64::MIN), Err(DateError::FieldOutOfBound("year")));
        assert_eq!(day.absent().unwrap_err().to_string(), "field 'day' missing in date table");
        assert_eq!(hour.absent(), Ok(12));
        assert_eq!(hour.not_integer().to_string(), "field 'hour' is not an integer");
        assert_eq!(DateError::FieldOutOfBound("sec").to_string(), "field 'sec' is out-of-bound");
    }
}
