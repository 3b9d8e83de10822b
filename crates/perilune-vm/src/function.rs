//! Functions: Lua closures with their upvalues, and native functions.

use crate::global::filled;
use crate::object::{Header, Kind, flags};
use crate::proto::ProtoRef;
use crate::thread::Thread;
use crate::value::{TAG_FUNCTION, Value};
use std::ptr::NonNull;

/// An error is on its way: its value stands in the global state. Nothing else can be learnt from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throw;

/// An error was caught: its value is the last of the calling function's stack. Nothing else can be learnt from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caught;

/// What native functions return: how many values they pushed as results, or an error.
pub type NativeResult = Result<u32, Throw>;

/// A native function. Its arguments are on the thread's stack: [`Thread::arg`].
pub type NativeFn = fn(&mut Thread) -> NativeResult;

/// An upvalue: points at a stack slot while open, at its own `closed` value afterwards.
#[repr(C)]
pub struct Upvalue {
    header: Header,
    /// Where the value is.
    pub place: *mut Value,
    /// The value, once closed.
    pub closed: Value,
    /// The next open upvalue of the thread, at a lower stack slot.
    pub next_open: Option<UpvalueRef>,
}

/// A pointer to an upvalue.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct UpvalueRef(pub NonNull<Upvalue>);

impl Upvalue {
    /// The contents of a new open upvalue.
    pub(crate) fn open(place: *mut Value, next_open: Option<UpvalueRef>) -> Upvalue {
        Upvalue { header: Header::new(Kind::Upvalue), place, closed: Value::NIL, next_open }
    }

    /// Notes that compiled code has its value.
    pub(crate) fn assume_constant(&mut self) {
        self.header.flags |= flags::ASSUMED;
    }

    /// Whether compiled code may have its value.
    pub(crate) fn is_assumed(&self) -> bool {
        self.header.flags & flags::ASSUMED != 0
    }
}

impl UpvalueRef {
    /// The value.
    #[inline(always)]
    #[must_use]
    pub fn get(self) -> Value {
        // SAFETY: `place` is a live stack slot (stacks fix their open upvalues when they move) or the upvalue's own field.
        unsafe { *self.0.as_ref().place }
    }

    /// Sets the value.
    #[inline(always)]
    pub fn set(self, value: Value) {
        // SAFETY: as in `get`.
        unsafe { *self.0.as_ref().place = value };
        crate::heap::barrier::stored(self.0, value);
    }

    #[inline(always)]
    pub(crate) fn place(self) -> *mut Value {
        // SAFETY: an `UpvalueRef` refers to an initialised upvalue.
        unsafe { self.0.as_ref() }.place
    }

    /// Moves the value into the upvalue.
    pub(crate) fn close(self) {
        self.close_with(self.get());
    }

    /// Gives the upvalue a value of its own.
    pub(crate) fn close_with(self, value: Value) {
        // SAFETY: one mutator thread.
        let upvalue = unsafe { &mut *self.0.as_ptr() };
        upvalue.closed = value;
        filled();
        upvalue.place = &raw mut upvalue.closed;
        upvalue.next_open = None;
        crate::heap::barrier::stored(self.0, value);
    }
}

/// A Lua function; `header.aux` upvalues follow.
#[repr(C)]
pub struct LuaClosure {
    pub(crate) header: Header,
    /// The code.
    pub proto: ProtoRef,
}

impl LuaClosure {
    pub(crate) const fn size_for(upvalues: usize) -> usize {
        size_of::<LuaClosure>() + upvalues * size_of::<UpvalueRef>()
    }

    /// Fills a new cell but for its upvalues.
    ///
    /// # Safety
    /// `cell` has [`LuaClosure::size_for`] bytes; the caller fills the upvalues before anything can look at it.
    #[inline(always)]
    pub(crate) unsafe fn init(cell: NonNull<Header>, proto: ProtoRef, upvalues: usize) -> NonNull<LuaClosure> {
        let mut header = Header::new(Kind::LuaClosure);
        header.aux = upvalues as u32;
        let made = &mut proto.tier().closures;
        *made = made.saturating_add(1);
        if *made == 2 {
            proto.tier().not_the_only_closure();
        }
        let closure = cell.cast::<LuaClosure>();
        // SAFETY: by the caller's promise.
        unsafe { closure.write(LuaClosure { header, proto }) };
        filled();
        closure
    }

    /// The place of upvalue `index`.
    #[inline(always)]
    pub(crate) fn upvalue_slot(this: NonNull<LuaClosure>, index: usize) -> *mut UpvalueRef {
        // SAFETY: the verifier bounds upvalue indices by the closure's count.
        unsafe { this.as_ptr().add(1).cast::<UpvalueRef>().add(index) }
    }

    /// Upvalue `index`.
    #[inline(always)]
    pub(crate) fn upvalue(this: NonNull<LuaClosure>, index: usize) -> UpvalueRef {
        // SAFETY: as above, and all upvalues are initialised.
        unsafe { *Self::upvalue_slot(this, index) }
    }

    /// How many upvalues it has.
    pub(crate) fn upvalue_count(this: NonNull<LuaClosure>) -> usize {
        // SAFETY: initialised by `init`.
        unsafe { this.as_ref() }.header.aux as usize
    }
}

/// Native functions that the interpreter treats itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Special {
    /// None of these.
    No = 0,
    /// `pcall`
    Pcall,
    /// `xpcall`
    Xpcall,
    /// `next`
    Next,
    /// The iterator of `ipairs`.
    IpairsStep,
    /// `math.sqrt`; like those that follow, compiled code does it itself.
    Sqrt,
    /// `math.abs`
    Abs,
    /// `math.floor`
    Floor,
    /// `math.ceil`
    Ceil,
    /// `math.max`
    Max,
    /// `math.min`
    Min,
    /// `setmetatable`
    SetMetatable,
    /// `type`
    Type,
    /// `string.byte`
    Byte,
    /// `string.sub`
    Sub,
    /// `string.len`
    Len,
    /// `table.insert`
    Insert,
    /// `table.remove`
    Remove,
    /// `table.unpack`
    Unpack,
    /// `pairs`
    Pairs,
    /// `ipairs`
    Ipairs,
    /// `select`
    Select,
    /// `assert`
    Assert,
    /// `tostring`
    ToString,
    /// `getmetatable`
    GetMetatable,
    /// `rawequal`
    RawEqual,
    /// `rawlen`
    RawLen,
    /// `rawget`
    RawGet,
    /// `rawset`
    RawSet,
    /// `string.char`
    Char,
    /// `math.tointeger`
    ToInteger,
    /// `math.type`
    MathType,
}

impl Special {
    /// All, by number.
    pub const ALL: &'static [Special] = &[
        Special::No,
        Special::Pcall,
        Special::Xpcall,
        Special::Next,
        Special::IpairsStep,
        Special::Sqrt,
        Special::Abs,
        Special::Floor,
        Special::Ceil,
        Special::Max,
        Special::Min,
        Special::SetMetatable,
        Special::Type,
        Special::Byte,
        Special::Sub,
        Special::Len,
        Special::Insert,
        Special::Remove,
        Special::Unpack,
        Special::Pairs,
        Special::Ipairs,
        Special::Select,
        Special::Assert,
        Special::ToString,
        Special::GetMetatable,
        Special::RawEqual,
        Special::RawLen,
        Special::RawGet,
        Special::RawSet,
        Special::Char,
        Special::ToInteger,
        Special::MathType,
    ];
}

/// A native function; `header.aux` upvalue values follow.
#[repr(C)]
pub struct NativeClosure {
    /// `extra` is the [`Special`].
    pub(crate) header: Header,
    /// The code.
    pub function: NativeFn,
}

impl NativeClosure {
    pub(crate) const fn size_for(upvalues: usize) -> usize {
        size_of::<NativeClosure>() + upvalues * size_of::<Value>()
    }

    /// Fills a new cell.
    ///
    /// # Safety
    /// `cell` has [`NativeClosure::size_for`] bytes.
    pub(crate) unsafe fn init(cell: NonNull<Header>, function: NativeFn, upvalues: &[Value], special: Special) -> Value {
        let mut header = Header::new(Kind::NativeClosure);
        header.aux = upvalues.len() as u32;
        header.extra = special as u8;
        let closure = cell.cast::<NativeClosure>();
        // SAFETY: by the caller's promise.
        unsafe {
            closure.write(NativeClosure { header, function });
            std::ptr::copy_nonoverlapping(upvalues.as_ptr(), closure.as_ptr().add(1).cast(), upvalues.len());
        }
        filled();
        Value::from_ptr(TAG_FUNCTION, closure)
    }

    /// Its upvalues.
    pub(crate) fn upvalues<'a>(this: NonNull<NativeClosure>) -> &'a mut [Value] {
        // SAFETY: `aux` values follow the cell.
        unsafe { std::slice::from_raw_parts_mut(this.as_ptr().add(1).cast(), this.as_ref().header.aux as usize) }
    }

    #[inline(always)]
    pub(crate) fn special(this: NonNull<NativeClosure>) -> u8 {
        // SAFETY: initialised by `init`.
        unsafe { this.as_ref() }.header.extra
    }
}

impl From<NonNull<LuaClosure>> for Value {
    #[inline(always)]
    fn from(closure: NonNull<LuaClosure>) -> Value {
        Value::from_ptr(TAG_FUNCTION, closure)
    }
}
