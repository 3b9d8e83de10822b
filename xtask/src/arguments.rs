//! Parsing of `--name value` options, as far as the tasks need it.

use std::str::FromStr;

/// The options of a task, taken out one by one; whatever is left at the end is an error.
pub struct Arguments {
    rest: Vec<String>,
}

impl Arguments {
    /// Wraps the arguments after the task's name. `--name=value` is split in two.
    pub fn new(arguments: &[String]) -> Self {
        let mut rest = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => rest.extend([name.to_owned(), value.to_owned()]),
                _ => rest.push(argument.clone()),
            }
        }
        Self { rest }
    }

    /// Whether the flag is present.
    pub fn flag(&mut self, name: &str) -> bool {
        let position = self.rest.iter().position(|argument| argument == name);
        position.map(|position| self.rest.remove(position)).is_some()
    }

    /// The value after the option, if the option is present.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(position) = self.rest.iter().position(|argument| argument == name) else {
            return Ok(None);
        };
        if position + 1 >= self.rest.len() {
            return Err(format!("{name} needs a value"));
        }
        self.rest.remove(position);
        Ok(Some(self.rest.remove(position)))
    }

    /// The values of an option that may be given several times.
    pub fn texts(&mut self, name: &str) -> Result<Vec<String>, String> {
        let mut values = Vec::new();
        while let Some(value) = self.text(name)? {
            values.push(value);
        }
        Ok(values)
    }

    /// The value of the option read as a number, or `default`.
    pub fn number<T: FromStr>(&mut self, name: &str, default: T) -> Result<T, String> {
        match self.text(name)? {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("{name}: {text} is not a suitable number")),
        }
    }

    /// Fails if anything was not understood.
    pub fn finish(self) -> Result<(), String> {
        match self.rest.first() {
            None => Ok(()),
            Some(argument) => Err(format!("unknown argument {argument}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(texts: &[&str]) -> Arguments {
        Arguments::new(&texts.iter().map(|text| text.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn takes_options_in_any_order() {
        let mut given = arguments(&["--json", "out", "--fast", "--rounds=4", "--peer", "a=b c", "--peer", "d=e"]);
        assert_eq!(given.number("--rounds", 1), Ok(4));
        assert!(given.flag("--fast") && !given.flag("--fast"));
        assert_eq!(given.texts("--peer"), Ok(vec!["a=b c".to_owned(), "d=e".to_owned()]));
        assert_eq!(given.text("--json"), Ok(Some("out".to_owned())));
        assert_eq!(given.finish(), Ok(()));
    }

    #[test]
    fn rejects_what_it_does_not_know() {
        assert!(arguments(&["--what"]).finish().is_err());
        assert!(arguments(&["--json"]).text("--json").is_err());
        assert!(arguments(&["--rounds", "x"]).number("--rounds", 1).is_err());
    }
}
