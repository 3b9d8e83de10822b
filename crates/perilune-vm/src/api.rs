//! The native API: what native functions and libraries do with a [`Thread`].
//!
//! A native function gets the thread it runs on. Its arguments are the first values of its frame ([`Thread::arg`]); it pushes
//! its results and returns their number. [`Value`], [`Str`], [`Table`] and the other handles are plain copyable pointers:
//! the collector scans the native stack conservatively, so a handle in a local variable keeps its object alive. A handle in
//! memory of the Rust heap (`Vec<Value>`, `Box`) does not: push such values on the thread's stack.
//!
//! ```
//! use perilune_vm::{NativeResult, Thread};
//! /// `double(n)` returns `2 * n`.
//! fn double(t: &mut Thread) -> NativeResult {
//!     let n = t.check_int(1)?;
//!     t.push_int(n.wrapping_mul(2));
//!     Ok(1)
//! }
//! ```

use crate::function::{Caught, LuaClosure, NativeClosure, NativeFn, Special, Throw};
use crate::global::{Event, Global};
use crate::heap::collect::Collector;
use crate::string::{Str, StrWriter};
use crate::table::{KeyError, Table};
use crate::thread::Thread;
use crate::userdata::Userdata;
use crate::value::{Type, Value};
use perilune_front::number::{self, Number};
use std::any::Any;
use std::mem::MaybeUninit;

/// A library function's name and code.
pub type LibFunction = (&'static str, NativeFn);

// ---- arguments ----

impl Thread {
    /// How many arguments there are.
    #[inline(always)]
    #[must_use]
    pub fn arg_count(&self) -> usize {
        // SAFETY: `top` is at or above the running frame's base in one stack.
        unsafe { self.top.offset_from(self.frame_ref().base()) as usize }
    }

    /// Argument `index` (from 1), nil if absent.
    #[inline(always)]
    #[must_use]
    pub fn arg(&self, index: usize) -> Value {
        self.opt_arg(index).unwrap_or(Value::NIL)
    }

    /// Argument `index` (from 1), `None` if absent.
    #[inline(always)]
    #[must_use]
    pub fn opt_arg(&self, index: usize) -> Option<Value> {
        // SAFETY: below `top`.
        if index <= self.arg_count() { Some(unsafe { *self.frame_ref().base().add(index - 1) }) } else { None }
    }

    /// Replaces argument `index`, which must be there.
    pub fn set_arg(&mut self, index: usize, value: Value) {
        assert!(index >= 1 && index <= self.arg_count(), "no such argument");
        // SAFETY: below `top`.
        unsafe { *self.frame_ref().base().add(index - 1) = value };
    }

    /// Pads with nils or drops arguments (and anything pushed since) so that there are `count`.
    pub fn set_arg_count(&mut self, count: usize) -> Result<(), Throw> {
        let have = self.arg_count();
        if count > have {
            self.ensure(count - have)?;
            for _ in have..count {
                self.push(Value::NIL);
            }
        } else {
            self.pop(have - count);
        }
        Ok(())
    }

    /// An argument that must be there, whatever its type.
    pub fn check_any(&mut self, index: usize) -> Result<Value, Throw> {
        match self.opt_arg(index) {
            Some(value) => Ok(value),
            None => Err(self.arg_error(index, "value expected")),
        }
    }

    /// An integer argument; floats with integral values and strings that are numbers count.
    #[inline]
    pub fn check_int(&mut self, index: usize) -> Result<i64, Throw> {
        let value = self.arg(index);
        if value.is_small_int() {
            return Ok(value.small_int_value());
        }
        self.check_int_slow(index, value)
    }

    #[cold]
    fn check_int_slow(&mut self, index: usize, value: Value) -> Result<i64, Throw> {
        match crate::convert::to_int(value) {
            Some(int) => Ok(int),
            None if crate::convert::to_number(value).is_some() => {
                Err(self.arg_error(index, "number has no integer representation"))
            }
            None => Err(self.arg_type_error(index, "number")),
        }
    }

    /// An integer argument, or `default` if it is absent or nil.
    #[inline]
    pub fn opt_int(&mut self, index: usize, default: i64) -> Result<i64, Throw> {
        if self.arg(index).is_nil() { Ok(default) } else { self.check_int(index) }
    }

    /// A number argument as a double.
    #[inline]
    pub fn check_number(&mut self, index: usize) -> Result<f64, Throw> {
        let value = self.arg(index);
        if value.is_float() {
            return Ok(value.float_value());
        }
        match crate::convert::to_number(value) {
            Some(f) => Ok(f),
            None => Err(self.arg_type_error(index, "number")),
        }
    }

    /// A number argument, or `default` if it is absent or nil.
    pub fn opt_number(&mut self, index: usize, default: f64) -> Result<f64, Throw> {
        if self.arg(index).is_nil() { Ok(default) } else { self.check_number(index) }
    }

    /// A number argument as the integer or float it is; strings are converted.
    pub fn check_numeric(&mut self, index: usize) -> Result<Number, Throw> {
        let value = self.arg(index);
        match crate::convert::to_numeric(value) {
            Some(number) => Ok(number),
            None => Err(self.arg_type_error(index, "number")),
        }
    }

    /// A string argument; a number is converted, also in its place on the stack.
    #[inline]
    pub fn check_str(&mut self, index: usize) -> Result<Str, Throw> {
        match self.arg(index).as_str() {
            Some(s) => Ok(s),
            None => self.check_str_slow(index),
        }
    }

    #[cold]
    fn check_str_slow(&mut self, index: usize) -> Result<Str, Throw> {
        let value = self.arg(index);
        if value.is_number() {
            let s = crate::convert::number_to_str(self.g(), value);
            self.set_arg(index, s.into());
            return Ok(s);
        }
        Err(self.arg_type_error(index, "string"))
    }

    /// A string argument, `None` if it is absent or nil.
    pub fn opt_str(&mut self, index: usize) -> Result<Option<Str>, Throw> {
        if self.arg(index).is_nil() { Ok(None) } else { self.check_str(index).map(Some) }
    }

    /// A table argument.
    #[inline]
    pub fn check_table(&mut self, index: usize) -> Result<Table, Throw> {
        match self.arg(index).as_table() {
            Some(table) => Ok(table),
            None => Err(self.arg_type_error(index, "table")),
        }
    }

    /// A function argument.
    pub fn check_function(&mut self, index: usize) -> Result<Value, Throw> {
        let value = self.arg(index);
        if value.is_function() { Ok(value) } else { Err(self.arg_type_error(index, "function")) }
    }

    /// A userdata argument that holds a `T`; `name` is its type's name for messages. See [`Userdata::downcast`].
    pub fn check_userdata<'a, T: Any>(&mut self, index: usize, name: &str) -> Result<&'a mut T, Throw> {
        match self.arg(index).as_userdata().and_then(Userdata::downcast::<T>) {
            Some(data) => Ok(data),
            None => Err(self.arg_type_error(index, name)),
        }
    }

    /// One of `options` by name; `default` if the argument is absent or nil.
    pub fn check_option(&mut self, index: usize, default: Option<&str>, options: &[&str]) -> Result<usize, Throw> {
        let name = match default {
            Some(default) if self.arg(index).is_nil() => default.as_bytes(),
            _ => self.check_str(index)?.bytes(),
        };
        match options.iter().position(|option| option.as_bytes() == name) {
            Some(found) => Ok(found),
            None => {
                let message = [b"invalid option '", name, b"'"].concat();
                Err(self.arg_error(index, message))
            }
        }
    }
}

// ---- the stack ----

impl Thread {
    /// Makes sure that `count` more values can be pushed, calls in between notwithstanding. A native function starts with room
    /// for 20.
    pub fn check_stack(&mut self, count: usize, message: &str) -> Result<(), Throw> {
        let used = self.offset(self.top);
        // While an overflow is handled there is room beyond the limit.
        let room = (self.stack_end as usize).saturating_sub(self.top as usize) / size_of::<Value>();
        if room <= count && used + count >= crate::thread::MAX_STACK {
            let text = if message.is_empty() { "stack overflow".to_string() } else { format!("stack overflow ({message})") };
            return Err(self.error(text));
        }
        self.ensure(count)?;
        // The collector, which gives back unused stack, leaves what a frame may use.
        let end = self.top.wrapping_add(count);
        let frame = self.frame_ref();
        frame.limit = frame.limit.max(end);
        Ok(())
    }

    /// Pushes a value.
    #[inline(always)]
    pub fn push(&mut self, value: impl Into<Value>) {
        debug_assert!(self.top < self.stack_end);
        // SAFETY: `ensure` (by the call protocol or the function itself) made room.
        unsafe {
            *self.top = value.into();
            self.top = self.top.add(1);
        }
    }

    /// Pushes an integer.
    #[inline(always)]
    pub fn push_int(&mut self, i: i64) {
        let value = self.g().int(i);
        self.push(value);
    }

    /// Pushes a float.
    #[inline(always)]
    pub fn push_float(&mut self, f: f64) {
        self.push(Value::float(f));
    }

    /// Pushes a boolean.
    #[inline(always)]
    pub fn push_bool(&mut self, b: bool) {
        self.push(Value::boolean(b));
    }

    /// Pushes a string of these bytes.
    #[inline]
    pub fn push_bytes(&mut self, text: &[u8]) -> Result<(), Throw> {
        let s = self.new_str(text)?;
        self.push(s);
        Ok(())
    }

    /// Pushes a number.
    pub fn push_number(&mut self, number: Number) {
        match number {
            Number::Int(i) => self.push_int(i),
            Number::Float(f) => self.push_float(f),
        }
    }

    /// Drops `count` pushed values.
    #[inline(always)]
    pub fn pop(&mut self, count: usize) {
        debug_assert!(self.arg_count() >= count);
        // SAFETY: the values are above the frame's base.
        self.top = unsafe { self.top.sub(count) };
    }

    /// The value `depth` below the top; 0 is the last one pushed.
    #[inline(always)]
    #[must_use]
    pub fn from_top(&self, depth: usize) -> Value {
        debug_assert!(self.arg_count() > depth);
        // SAFETY: above the frame's base.
        unsafe { *self.top.sub(depth + 1) }
    }
}

// ---- making values ----

impl Thread {
    /// The shared state.
    #[allow(clippy::mut_from_ref)]
    #[must_use]
    pub fn global<'a>(&self) -> &'a mut Global {
        self.g()
    }

    /// A string; fails when memory has run out.
    #[inline]
    pub fn new_str(&mut self, text: &[u8]) -> Result<Str, Throw> {
        match self.g().try_str(text) {
            Some(s) => Ok(s),
            None => Err(self.g().memory_error()),
        }
    }

    /// A string of exactly `length` bytes, which `fill` writes in place; what it leaves out becomes NULs.
    pub fn write_str(&mut self, length: usize, fill: impl FnOnce(&mut StrWriter<'_>)) -> Result<Str, Throw> {
        if length <= perilune_front::proto::MAX_SHORT_STRING {
            let mut buffer = [const { MaybeUninit::uninit() }; perilune_front::proto::MAX_SHORT_STRING];
            return self.new_str(StrWriter::run(&mut buffer[..length], fill));
        }
        match self.g().try_write_str(length, fill) {
            Some(s) => Ok(s),
            None => Err(self.g().memory_error()),
        }
    }

    /// An empty table with room for `array` elements and `fields` fields.
    pub fn new_table(&mut self, array: usize, fields: usize) -> Table {
        Table::new(self.g(), fields.min(u32::MAX as usize) as u32, array.min(1 << 20) as u32)
    }

    /// A table with the arguments from `first` on at keys 1, 2, …, and room for `fields` fields.
    pub fn list_from_args(&mut self, first: usize, fields: usize) -> Result<Table, Throw> {
        let count = (self.arg_count() + 1).saturating_sub(first);
        let table = self.new_table(count, fields);
        let reserved = table.reserve_array(self.g(), count);
        reserved.map_err(|error| self.key_error(error))?;
        // SAFETY: these arguments are within the frame; with room reserved, storing allocates nothing, so the stack stays.
        let values = unsafe { std::slice::from_raw_parts(self.frame_ref().base().add(first - 1), count) };
        let stored = table.set_list(self.g(), 1, values);
        stored.map_err(|error| self.key_error(error))?;
        Ok(table)
    }

    /// A native function with upvalues.
    pub fn new_native(&mut self, function: NativeFn, upvalues: &[Value]) -> Value {
        self.g().native(function, upvalues)
    }

    /// A native function that the interpreter knows.
    pub fn new_special(&mut self, function: NativeFn, special: Special) -> Value {
        self.g().special_native(function, &[], special)
    }

    /// Adds functions that compiled code does itself to a library.
    pub fn set_specials(&mut self, table: Table, functions: &[(&str, NativeFn, Special)]) {
        for (name, function, special) in functions {
            let function = self.new_special(*function, *special);
            self.set_field(table, name, function);
        }
    }

    /// A userdata that holds `data`.
    pub fn new_userdata(&mut self, data: Box<dyn Any>, user_values: usize) -> Userdata {
        self.g().userdata(data, user_values)
    }

    /// Sets a userdata's metatable.
    pub fn set_userdata_meta(&mut self, userdata: Userdata, meta: Option<Table>) {
        let g = self.g();
        if let Some(meta) = meta {
            meta.own_shape(g);
        }
        userdata.get_mut().meta = meta;
        if let Some(meta) = meta {
            crate::heap::barrier::stored_cell(userdata.0, meta.cell());
            g.note_finalizer(userdata.into(), meta);
        }
    }

    /// Sets a table's metatable; a `__gc` field in it makes the table wait for its finalizer.
    pub fn set_table_meta(&mut self, table: Table, meta: Option<Table>) {
        let g = self.g();
        table.set_meta(g, meta);
        if let Some(meta) = meta {
            g.note_finalizer(table.into(), meta);
        }
    }

    /// Sets the metatable of all values of a type.
    pub fn set_type_meta(&mut self, kind: Type, meta: Option<Table>) {
        let g = self.g();
        if let Some(meta) = meta {
            meta.own_shape(g);
        }
        g.type_meta[kind as usize] = meta;
        g.roles_changed();
    }

    /// The metatable of a value.
    #[must_use]
    pub fn metatable(&self, value: Value) -> Option<Table> {
        self.g().own_metatable(value)
    }

    /// The value of a field of a value's metatable, nil if there is none.
    #[must_use]
    pub fn metafield(&mut self, value: Value, event: Event) -> Value {
        self.g().metamethod(value, event)
    }

    /// The table of globals.
    #[must_use]
    pub fn globals(&self) -> Table {
        self.g().globals
    }

    /// The registry.
    #[must_use]
    pub fn registry(&self) -> Table {
        self.g().registry
    }

    /// A table with these functions in it.
    pub fn new_lib(&mut self, functions: &[LibFunction]) -> Table {
        let table = self.new_table(0, 0);
        self.set_functions(table, functions);
        table
    }

    /// Adds functions to a table.
    pub fn set_functions(&mut self, table: Table, functions: &[LibFunction]) {
        for &(name, function) in functions {
            let function = self.new_native(function, &[]);
            self.set_field(table, name, function);
        }
    }

    /// Sets a field of a table, without metamethods.
    pub fn set_field(&mut self, table: Table, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let g = self.g();
        let key = g.str(name.as_bytes());
        // A string key is never invalid, and a library's tables are small.
        let _ = table.set_str(g, key, value, false);
    }

    /// A field of a table, without metamethods.
    #[must_use]
    pub fn field(&mut self, table: Table, name: &str) -> Value {
        let key = self.g().str(name.as_bytes());
        table.get_str(key)
    }

    /// Stores without metamethods; raises PUC Lua's errors for nil and NaN keys.
    pub fn raw_set(&mut self, table: Table, key: Value, value: Value) -> Result<(), Throw> {
        let stored = table.set(self.g(), key, value);
        stored.map_err(|error| self.key_error(error))
    }

    /// Stores at an integer key without metamethods.
    pub fn raw_set_int(&mut self, table: Table, key: i64, value: Value) -> Result<(), Throw> {
        let stored = table.set_int(self.g(), key, value);
        stored.map_err(|error| self.key_error(error))
    }

    /// Stores at the key after [`Table::len`], without metamethods; storing nil there does nothing.
    #[inline]
    pub fn append(&mut self, table: Table, value: Value) -> Result<(), Throw> {
        if value.is_nil() {
            return Ok(());
        }
        let stored = table.append(self.g(), value);
        stored.map_err(|error| self.key_error(error))
    }

    /// To be called after values were written through the slice of [`Table::array`], before anything is allocated.
    #[inline(always)]
    pub fn array_written(&mut self, table: Table) {
        crate::heap::barrier::stored_many(table.cell());
    }

    /// The error for a key that cannot be stored under.
    #[cold]
    pub fn key_error(&mut self, error: KeyError) -> Throw {
        match error {
            KeyError::Nil => self.runtime_error("table index is nil"),
            KeyError::NaN => self.runtime_error("table index is NaN"),
            KeyError::Memory => self.g().memory_error(),
        }
    }

    /// Upvalue `index` (from 1) of the running native function.
    #[must_use]
    pub fn upvalue(&self, index: usize) -> Value {
        self.native_upvalues()[index - 1]
    }

    /// Sets upvalue `index` (from 1) of the running native function.
    pub fn set_upvalue(&mut self, index: usize, value: Value) {
        self.native_upvalues()[index - 1] = value;
        // SAFETY: a native frame's `func` holds its function.
        if let Some(function) = unsafe { *self.frame_ref().func }.as_native() {
            crate::heap::barrier::stored(function, value);
        }
    }

    fn native_upvalues<'a>(&self) -> &'a mut [Value] {
        // SAFETY: a native frame's `func` holds its function.
        let function = unsafe { *self.frame_ref().func }.as_native().expect("a native function is running");
        NativeClosure::upvalues(function)
    }

    /// The description of a Lua function's code, `None` for other values.
    #[must_use]
    pub fn function_plan(&self, function: Value) -> Option<perilune_front::proto::Proto> {
        // SAFETY: a value's closure is live.
        function.as_lua_closure().map(|closure| unsafe { closure.as_ref() }.proto.to_plan())
    }

    /// Wraps a compiled chunk in a function whose first upvalue is `env`.
    pub fn load_proto(&mut self, plan: perilune_front::proto::Proto, env: Value) -> Value {
        let g = self.g();
        g.gc.hold();
        let proto = crate::proto::ProtoRef::load(g, plan);
        g.gc.release();
        let count = proto.get().plan.upvalues.len();
        let cell = g.allocate(LuaClosure::size_for(count));
        // SAFETY: the cell has the size asked for; the upvalues are filled below, and nothing collects before each is.
        let closure = unsafe { LuaClosure::init(cell, proto, 0) };
        let value = Value::from(closure);
        for index in 0..count {
            let upvalue = g.new_closed_upvalue(if index == 0 { env } else { Value::NIL });
            // SAFETY: the cell has room for `count` upvalues; the count grows with what is initialised.
            unsafe {
                *LuaClosure::upvalue_slot(closure, index) = upvalue;
                (*closure.as_ptr()).header.aux = index as u32 + 1;
            }
            // The next allocation may end a collection that has seen the closure.
            crate::heap::barrier::stored_cell(closure, upvalue.0.cast());
        }
        value
    }
}

// ---- operations with metamethods ----

impl Thread {
    /// `value[key]`
    pub fn index(&mut self, value: Value, key: Value) -> Result<Value, Throw> {
        if let Some(table) = value.as_table() {
            let found = table.get(key);
            if !found.is_nil() || table.meta().is_none() {
                return Ok(found);
            }
        }
        crate::meta::index(self, value, key)
    }

    /// `value.name`
    pub fn index_field(&mut self, value: Value, name: &str) -> Result<Value, Throw> {
        let key = self.g().str(name.as_bytes());
        self.index(value, key.into())
    }

    /// `value[key] = stored`
    pub fn set_index(&mut self, value: Value, key: Value, stored: Value) -> Result<(), Throw> {
        crate::meta::set_index(self, value, key, stored)
    }

    /// `a == b`
    pub fn equals(&mut self, a: Value, b: Value) -> Result<bool, Throw> {
        crate::meta::equals(self, a, b)
    }

    /// `a < b`
    pub fn less_than(&mut self, a: Value, b: Value) -> Result<bool, Throw> {
        crate::meta::less_than(self, a, b)
    }

    /// `#value`
    pub fn length(&mut self, value: Value) -> Result<Value, Throw> {
        crate::meta::length(self, value)
    }

    /// `#value` as an integer; raises "object length is not an integer".
    pub fn length_int(&mut self, value: Value) -> Result<i64, Throw> {
        if let Some(table) = value.as_table()
            && table.meta().is_none()
        {
            return Ok(table.len());
        }
        let length = self.length(value)?;
        match crate::convert::to_int(length) {
            Some(length) => Ok(length),
            None => Err(self.error("object length is not an integer")),
        }
    }

    /// What `tostring` returns: honours `__tostring` and `__name`.
    pub fn tostring(&mut self, value: Value) -> Result<Str, Throw> {
        crate::convert::tostring(self, value)
    }
}

// ---- calls ----

impl Thread {
    /// Calls `function` with `args`; one result.
    pub fn call(&mut self, function: Value, args: &[Value]) -> Result<Value, Throw> {
        self.push_call(function, args)?;
        self.call_pushed(args.len(), 1)?;
        let result = self.from_top(0);
        self.pop(1);
        Ok(result)
    }

    /// Calls `function` with `args` and drops its results.
    pub fn call_discard(&mut self, function: Value, args: &[Value]) -> Result<(), Throw> {
        self.push_call(function, args)?;
        self.call_pushed(args.len(), 0)
    }

    fn push_call(&mut self, function: Value, args: &[Value]) -> Result<(), Throw> {
        self.ensure(args.len() + 2)?;
        self.push(function);
        for &arg in args {
            self.push(arg);
        }
        Ok(())
    }

    /// Calls the function that was pushed before the last `args` values. They are replaced by `wanted` results, by all of them
    /// if that is negative.
    pub fn call_pushed(&mut self, args: usize, wanted: i32) -> Result<(), Throw> {
        debug_assert!(self.arg_count() > args);
        // SAFETY: the function and its arguments are above the frame's base.
        let func = unsafe { self.top.sub(args + 1) };
        crate::call::call(self, func, wanted)
    }

    /// Like [`Thread::call_pushed`] with all results, but catches errors: the function and its arguments are replaced by the
    /// results or by the error value. `Ok(n)` is the number of results.
    pub fn protected_call_pushed(&mut self, args: usize) -> Result<u32, Caught> {
        // SAFETY: the function and its arguments are above the frame's base.
        let func = unsafe { self.top.sub(args + 1) };
        crate::call::protected_call(self, func, Value::NIL)
    }
}

// ---- errors ----

impl Thread {
    /// An error with a message, with the position of the function that called the running one before it (as `luaL_error`).
    #[cold]
    pub fn error(&mut self, message: impl AsRef<[u8]>) -> Throw {
        let position = self.position(1);
        let text = [&position, message.as_ref()].concat();
        let value = self.g().str(&text);
        self.g().throw(value.into())
    }

    /// An error with any value.
    #[cold]
    pub fn throw(&mut self, value: Value) -> Throw {
        self.g().throw(value)
    }

    /// The value of the error that was just caught.
    pub fn take_error(&mut self) -> Value {
        self.g().take_error()
    }

    /// `bad argument #index to 'function' (message)`
    #[cold]
    pub fn arg_error(&mut self, index: usize, message: impl AsRef<[u8]>) -> Throw {
        crate::error::arg_error(self, index, message.as_ref())
    }

    /// `bad argument #index to 'function' (expected expected, got type)`
    #[cold]
    pub fn arg_type_error(&mut self, index: usize, expected: &str) -> Throw {
        crate::error::arg_type_error(self, index, expected)
    }

    /// `source:line: ` of the function at `level` (0 is the running one, 1 its caller), empty if unknown.
    #[must_use]
    pub fn position(&self, level: usize) -> Vec<u8> {
        crate::error::position(self, level)
    }
}

// ---- the collector ----

impl Global {
    /// The collector's parameters.
    pub fn collector(&mut self) -> &mut Collector {
        &mut self.gc
    }

    /// Bytes in use.
    #[must_use]
    pub fn memory_used(&self) -> usize {
        self.heap.used()
    }
}

/// Parses a number as `tonumber` and string arithmetic do.
#[must_use]
pub fn parse_number(text: &[u8]) -> Option<Number> {
    number::parse(text)
}
