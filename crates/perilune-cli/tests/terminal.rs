//! Interactive mode on a terminal: the command runs on a pseudo-terminal, and the test types.

mod common;

use common::{Scratch, command};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);

/// The command on a pseudo-terminal.
struct Session {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What has appeared and not been expected yet, without control sequences.
    pending: String,
}

impl Session {
    fn start(home: &Path, env: &[(&str, &str)]) -> Session {
        let (mut master, mut slave) = (0, 0);
        let mut size = libc::winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let (none, no_settings) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: the out-parameters live here; a null name and null settings are allowed.
        let opened = unsafe { libc::openpty(&raw mut master, &raw mut slave, none, no_settings, &raw mut size) };
        assert_eq!(opened, 0, "a pseudo-terminal");
        // SAFETY: `openpty` made both descriptors, and nothing else owns them.
        let (keyboard, slave) = unsafe { (File::from_raw_fd(master), File::from_raw_fd(slave)) };
        // SAFETY: the master is not to leak into the command, or the terminal would never hang up.
        unsafe { libc::fcntl(keyboard.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
        let mut command = command(home, &[], env);
        command.env("TERM", "xterm").env("HOME", home);
        let clone = || Stdio::from(slave.try_clone().expect("a descriptor"));
        let child = command.stdin(clone()).stdout(clone()).stderr(clone()).spawn().expect("the command starts");
        let (sender, screen) = channel();
        let mut reader = keyboard.try_clone().expect("a descriptor");
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Session { child, keyboard, screen, pending: String::new() }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Waits until `text` has appeared; returns what came before it.
    fn expect(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.pending.find(text) {
                let before = self.pending[..at].to_owned();
                self.pending.drain(..at + text.len());
                return before;
            }
            match self.screen.recv_timeout(DEADLINE) {
                Ok(bytes) => self.pending.push_str(&plain(&String::from_utf8_lossy(&bytes))),
                Err(error) => panic!("{text:?} does not appear ({error}); on the screen: {:?}", self.pending),
            }
        }
    }

    /// Types a line and waits for the prompt after its results.
    fn enter(&mut self, line: &str, result: &str) {
        self.press(&format!("{line}\r"));
        self.expect(result);
        self.expect("> ");
    }

    fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("the command ends").code()
    }
}

/// Without control sequences: `ESC [ ... letter`.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            out.push(c);
        } else if chars.next() == Some('[') {
            let _ = chars.find(|c| c.is_ascii_alphabetic());
        }
    }
    out
}

#[test]
fn results_are_shown_with_their_contents() {
    let scratch = Scratch::new(&[]);
    let mut session = Session::start(scratch.path(), &[]);
    session.expect("Perilune 0.1.0 (Lua 5.4)\r\n");
    session.expect("> ");
    session.enter("1 + 1", "\r\n2\r\n");
    session.enter("t = {3, 'a', z = 1, b = {}, ['x y'] = true}", "\r\n");
    session.enter("t", "\r\n{3, \"a\", b = {}, [\"x y\"] = true, z = 1}\r\n");
    session.enter("t.self = t; return t.self, 'q\\n'", "self = <cycle>, ");
    session.enter("setmetatable({}, {__tostring = function() return 'me' end})", "\r\nme\r\n");
    session.enter("{a={b={c={d={e=1}}}}}", "\r\n{a = {b = {c = {d = {...}}}}}\r\n");
    session.enter("error('oops', 0)", "\r\noops\r\nstack traceback:\r\n\t[C]: in function 'error'");
    session.enter("nil", "\r\nnil\r\n");
    session.press("\x04");
    assert_eq!(session.wait(), Some(0));
}

#[test]
fn statements_may_take_several_lines_and_be_thrown_away() {
    let scratch = Scratch::new(&[]);
    let mut session = Session::start(scratch.path(), &[("LUA_INIT", "_PROMPT2 = 'more> '")]);
    session.expect("> ");
    session.press("for i = 1, 2 do\r");
    session.expect("more> ");
    session.press("print('i is ' .. i)\r");
    session.expect("more> ");
    session.enter("end", "\r\ni is 1\r\ni is 2\r\n");
    session.press("x = {\r");
    session.expect("more> ");
    session.press("\x03");
    session.expect("> ");
    session.enter("x", "\r\nnil\r\n");
    session.press("\x04");
    assert_eq!(session.wait(), Some(0));
}

#[test]
fn an_interrupt_stops_a_loop_and_leaves_the_session() {
    let scratch = Scratch::new(&[]);
    let mut session = Session::start(scratch.path(), &[]);
    session.expect("> ");
    session.press("print('go') while true do end\r");
    session.expect("\r\ngo\r\n");
    // The pseudo-terminal is not the command's controlling one, so the key alone sends no signal.
    // SAFETY: a signal to a child that has not been waited for.
    unsafe { libc::kill(session.child.id() as libc::pid_t, libc::SIGINT) };
    session.expect("interrupted!");
    session.expect("> ");
    session.enter("'alive'", "\r\n\"alive\"\r\n");
    session.press("os.exit(3)\r");
    assert_eq!(session.wait(), Some(3));
}

#[test]
fn names_are_completed_without_running_code() {
    let scratch = Scratch::new(&[]);
    let mut session = Session::start(scratch.path(), &[]);
    session.expect("> ");
    session.enter("object = {field = {inner = 12}, method = function() return 34 end, value = 5}", "\r\n");
    session.enter("trap = setmetatable({}, {__index = function() error('called') end})", "\r\n");
    session.enter("obj\t.fi\t.in\t", "\r\n12\r\n");
    session.enter("object:m\t()", "\r\n34\r\n");
    session.enter("('x')..tostr\t(1)", "\r\n\"x1\"\r\n");
    session.enter("s = 'text'", "\r\n");
    session.enter("s:upp\t()", "\r\n\"TEXT\"\r\n");
    session.press("trap.a\tb\x15");
    session.enter("'fine'", "\r\n\"fine\"\r\n");
    session.press("\x04");
    assert_eq!(session.wait(), Some(0));
}

#[test]
fn history_lasts_longer_than_a_session() {
    let scratch = Scratch::new(&[]);
    let mut session = Session::start(scratch.path(), &[]);
    session.expect("> ");
    session.enter("40 + 2", "\r\n42\r\n");
    session.press("os.exit()\r");
    assert_eq!(session.wait(), Some(0));
    assert!(scratch.path().join(".local/state/perilune/history").exists());
    let mut session = Session::start(scratch.path(), &[]);
    session.expect("> ");
    session.enter("\x1b[A\x1b[A", "\r\n42\r\n");
    session.press("\x04");
    assert_eq!(session.wait(), Some(0));
}

#[test]
fn a_history_that_cannot_be_kept_is_no_failure() {
    let scratch = Scratch::new(&[("file", "")]);
    let state = scratch.path().join("file/below");
    let mut session = Session::start(scratch.path(), &[("XDG_STATE_HOME", state.to_str().expect("a path"))]);
    session.expect("> ");
    session.enter("1 + 1", "\r\n2\r\n");
    session.press("\x04");
    assert_eq!(session.wait(), Some(0));
}

#[test]
fn input_has_colours_unless_they_are_declined() {
    for (env, coloured) in [(&[][..], true), (&[("NO_COLOR", "1")], false)] {
        let scratch = Scratch::new(&[]);
        let mut session = Session::start(scratch.path(), env);
        session.expect("> ");
        session.press("return 'x'");
        let mut raw = Vec::new();
        while !String::from_utf8_lossy(&raw).contains("'x'") {
            raw.extend(session.screen.recv_timeout(DEADLINE).expect("an echo"));
        }
        assert_eq!(String::from_utf8_lossy(&raw).contains("\x1b[1;34mreturn"), coloured, "{env:?}");
        session.press("\x15\x04");
        assert_eq!(session.wait(), Some(0));
    }
}
