//! Which finger and which eye.

crate::word::words! {
    /// A finger, in the order of its number in the international records: 1 right thumb … 10 left little finger.
    pub enum Finger {
        /// Number 1.
        RightThumb => "right_thumb",
        /// Number 2.
        RightIndex => "right_index",
        /// Number 3.
        RightMiddle => "right_middle",
        /// Number 4.
        RightRing => "right_ring",
        /// Number 5.
        RightLittle => "right_little",
        /// Number 6.
        LeftThumb => "left_thumb",
        /// Number 7.
        LeftIndex => "left_index",
        /// Number 8.
        LeftMiddle => "left_middle",
        /// Number 9.
        LeftRing => "left_ring",
        /// Number 10.
        LeftLittle => "left_little",
    }
}

crate::word::words! {
    /// An eye, seen from the person.
    pub enum Eye {
        /// The right eye.
        Right => "right",
        /// The left eye.
        Left => "left",
    }
}

crate::word::words! {
    /// A hand, seen from the person.
    pub enum Hand {
        /// The right hand.
        Right => "right",
        /// The left hand.
        Left => "left",
    }
}

impl Finger {
    /// The number of the finger, 1 to 10.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::RightThumb => 1,
            Self::RightIndex => 2,
            Self::RightMiddle => 3,
            Self::RightRing => 4,
            Self::RightLittle => 5,
            Self::LeftThumb => 6,
            Self::LeftIndex => 7,
            Self::LeftMiddle => 8,
            Self::LeftRing => 9,
            Self::LeftLittle => 10,
        }
    }

    /// The hand the finger belongs to.
    #[must_use]
    pub const fn hand(self) -> Hand {
        if self.number() <= 5 { Hand::Right } else { Hand::Left }
    }

    /// The same finger of the other hand.
    #[must_use]
    pub fn mirrored(self) -> Self {
        let number = if self.number() <= 5 { self.number() + 5 } else { self.number() - 5 };
        Self::ALL.iter().copied().find(|finger| finger.number() == number).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_order() {
        let numbers: Vec<u8> = Finger::ALL.iter().map(|finger| finger.number()).collect();
        assert_eq!(numbers, (1..=10).collect::<Vec<u8>>());
    }

    #[test]
    fn the_mirrored_finger_is_on_the_other_hand() {
        for finger in Finger::ALL {
            assert_ne!(finger.mirrored().hand(), finger.hand());
            assert_eq!(finger.mirrored().mirrored(), *finger);
        }
    }
}
