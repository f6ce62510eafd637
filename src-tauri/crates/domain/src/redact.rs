//! Personal data cannot be logged: these types show their name in `Debug` and nothing else.

/// Gives a type a `Debug` that shows nothing of its content.
macro_rules! redacted {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        })+
    };
}

pub(crate) use redacted;
