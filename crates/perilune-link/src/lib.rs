//! Objects and an archive to an executable. Empty until ahead-of-time compilation lands.
