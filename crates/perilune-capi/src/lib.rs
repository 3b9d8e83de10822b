//! The C ABI of liblua5.4. Empty until it lands.
