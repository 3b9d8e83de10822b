//! A reader of JSON that takes nothing else.

use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(HashMap<String, Json>),
}

impl Json {
    /// Reads a document. Panics at the first mistake.
    pub fn parse(text: &str) -> Json {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let value = reader.value();
        reader.blank();
        assert_eq!(reader.at, reader.bytes.len(), "something follows the document");
        value
    }

    /// The value of a key of an object.
    pub fn get(&self, key: &str) -> &Json {
        match self {
            Json::Object(fields) => fields.get(key).unwrap_or_else(|| panic!("no field {key}")),
            other => panic!("{other:?} is no object with {key}"),
        }
    }

    pub fn list(&self) -> &[Json] {
        let Json::List(elements) = self else { panic!("{self:?} is no list") };
        elements
    }

    pub fn number(&self) -> f64 {
        let Json::Number(number) = self else { panic!("{self:?} is no number") };
        *number
    }

    /// A whole number that is not negative.
    pub fn index(&self) -> usize {
        let number = self.number();
        assert!(number >= 0.0 && number.fract() == 0.0, "{number} is no index");
        number as usize
    }

    pub fn text(&self) -> &str {
        let Json::Text(text) = self else { panic!("{self:?} is no string") };
        text
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while self.bytes.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte)) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        self.blank();
        let taken = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(taken);
        taken
    }

    fn expect(&mut self, byte: u8) {
        assert!(self.take(byte), "no {:?} at byte {}", byte as char, self.at);
    }

    fn value(&mut self) -> Json {
        self.blank();
        match self.bytes.get(self.at) {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Json::Text(self.string()),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => self.numeral(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Json {
        assert!(self.bytes[self.at..].starts_with(word.as_bytes()), "no {word} at byte {}", self.at);
        self.at += word.len();
        value
    }

    fn numeral(&mut self) -> Json {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|byte| b"+-.0123456789eE".contains(byte)).count();
        let text = std::str::from_utf8(&rest[..length]).expect("ASCII");
        self.at += length;
        Json::Number(text.parse().unwrap_or_else(|_| panic!("{text:?} at byte {} is no number", self.at)))
    }

    fn array(&mut self) -> Json {
        self.expect(b'[');
        let mut elements = Vec::new();
        if self.take(b']') {
            return Json::List(elements);
        }
        loop {
            elements.push(self.value());
            if self.take(b']') {
                return Json::List(elements);
            }
            self.expect(b',');
        }
    }

    fn object(&mut self) -> Json {
        self.expect(b'{');
        let mut fields = HashMap::new();
        if self.take(b'}') {
            return Json::Object(fields);
        }
        loop {
            self.blank();
            let key = self.string();
            self.expect(b':');
            assert!(fields.insert(key, self.value()).is_none(), "a key twice before byte {}", self.at);
            if self.take(b'}') {
                return Json::Object(fields);
            }
            self.expect(b',');
        }
    }

    fn string(&mut self) -> String {
        self.expect(b'"');
        let mut text = Vec::new();
        loop {
            let byte = self.bytes[self.at];
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(text).expect("UTF-8"),
                b'\\' => {
                    let letter = self.bytes[self.at];
                    self.at += 1;
                    let plain = match letter {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'u' => {
                            let digits = std::str::from_utf8(&self.bytes[self.at..self.at + 4]).expect("ASCII");
                            self.at += 4;
                            char::from_u32(u32::from_str_radix(digits, 16).expect("hexadecimal")).expect("a character")
                        }
                        b'"' | b'\\' | b'/' => letter as char,
                        _ => panic!("an unknown escape before byte {}", self.at),
                    };
                    text.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..0x20 => panic!("a control character at byte {}", self.at - 1),
                _ => text.push(byte),
            }
        }
    }
}
