//! Full userdata: a host object with a metatable and user values.

use crate::object::{Header, Kind};
use crate::table::Table;
use crate::value::{TAG_OBJECT, Value};
use std::any::Any;
use std::ptr::NonNull;

/// A userdata's cell.
#[repr(C)]
pub struct UserdataObject {
    pub(crate) header: Header,
    /// Its metatable.
    pub meta: Option<Table>,
    /// Its user values.
    pub user_values: Box<[Value]>,
    /// The host's object.
    pub data: Box<dyn Any>,
}

/// A userdata. A copyable pointer: valid as long as some root, the native stack included, holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Userdata(pub(crate) NonNull<UserdataObject>);

impl Userdata {
    pub(crate) fn object(data: Box<dyn Any>, user_values: usize) -> UserdataObject {
        UserdataObject {
            header: Header::new(Kind::Userdata),
            meta: None,
            user_values: vec![Value::NIL; user_values].into_boxed_slice(),
            data,
        }
    }

    #[inline]
    pub(crate) fn get_mut<'a>(self) -> &'a mut UserdataObject {
        // SAFETY: a `Userdata` refers to an initialised cell that some root keeps alive; one mutator thread.
        unsafe { &mut *self.0.as_ptr() }
    }

    /// The metatable.
    #[must_use]
    pub fn meta(self) -> Option<Table> {
        self.get_mut().meta
    }

    /// The host's object, if it is a `T`. The caller must not keep it across a call that may borrow it again.
    #[must_use]
    pub fn downcast<'a, T: Any>(self) -> Option<&'a mut T> {
        self.get_mut().data.downcast_mut()
    }

    /// User value `index` (from 1); `None` where there is none.
    #[must_use]
    pub fn user_value(self, index: usize) -> Option<Value> {
        self.get_mut().user_values.get(index.checked_sub(1)?).copied()
    }

    /// Sets user value `index` (from 1); whether there is one.
    pub fn set_user_value(self, index: usize, value: Value) -> bool {
        let place = index.checked_sub(1).and_then(|index| self.get_mut().user_values.get_mut(index));
        let Some(place) = place else { return false };
        *place = value;
        crate::heap::barrier::stored(self.0, value);
        true
    }
}

impl From<Userdata> for Value {
    fn from(userdata: Userdata) -> Value {
        Value::from_ptr(TAG_OBJECT, userdata.0)
    }
}
