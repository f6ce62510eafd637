//! Devices: which kinds there are, how one stands, why one fails, and what it asks the person to do.

mod rules;

pub use rules::DeviceFacts;

crate::word::words! {
    /// Whether a device can work.
    pub enum DeviceState {
        /// Not plugged in.
        Absent => "Absent",
        /// Works and waits.
        Ready => "Ready",
        /// Working.
        Busy => "Busy",
        /// Works in part.
        Degraded => "Degraded",
        /// Does not work.
        Fault => "Fault",
    }
}

crate::word::words! {
    /// What can happen to a device.
    pub enum DeviceEvent {
        /// Plugged in.
        Appear => "appear",
        /// Unplugged.
        Vanish => "vanish",
        /// Begins to work.
        BeginWork => "begin_work",
        /// Has finished its work.
        FinishWork => "finish_work",
        /// Works in part from now on.
        Degrade => "degrade",
        /// Stopped working.
        Fail => "fail",
        /// Tested again after repair.
        Recover => "recover",
        /// Taken away to be replaced.
        Replace => "replace",
    }
}

crate::word::words! {
    /// A kind of device a station may have (`domain.md` §2.1). Its name on the screen is the text `device.<word>`.
    pub enum DeviceKind {
        /// Takes the portrait.
        Camera => "camera",
        /// Takes fingerprints, four at once or one by one.
        FingerprintScanner => "fingerprint_scanner",
        /// Takes one iris or both.
        IrisScanner => "iris_scanner",
        /// Takes the signature.
        SignaturePad => "signature_pad",
        /// Reads the chip of a card.
        CardReader => "card_reader",
        /// Scans the documents a person brings.
        DocumentScanner => "document_scanner",
        /// Prints letters and registers.
        Printer => "printer",
        /// Prints tickets and receipts.
        ReceiptPrinter => "receipt_printer",
        /// Tells where the power comes from.
        PowerSource => "power_source",
        /// Tells where the station stands.
        Positioning => "positioning",
        /// Lamps and foot switch of the desk.
        Panel => "panel",
    }
}

crate::word::words! {
    /// Why a device could not do its work, in the operator's language.
    /// The cause is the text `device_error.<word>`, the next action `device_error.<word>.next`.
    pub enum DeviceErrorKind {
        /// There is no such device.
        NotPlugged => "not_plugged",
        /// The device went away while it was in use.
        Unplugged => "unplugged",
        /// Somebody else uses it.
        Busy => "busy",
        /// The program may not use it.
        NoPermission => "no_permission",
        /// The device or its software has a version that does not fit.
        WrongVersion => "wrong_version",
        /// The device works, but nothing usable came in time.
        TimedOut => "timed_out",
        /// The operator cancelled.
        Cancelled => "cancelled",
        /// Something came, but nothing of it can be used.
        PoorCapture => "poor_capture",
        /// The other hand lay on the scanner.
        WrongHand => "wrong_hand",
        /// Paper is jammed.
        Jammed => "jammed",
        /// A cover is open.
        CoverOpen => "cover_open",
        /// No paper is left in the feeder or tray.
        OutOfPaper => "out_of_paper",
        /// The device sent something that makes no sense.
        Garbage => "garbage",
        /// The device does not answer any more.
        Hung => "hung",
        /// This device cannot do what was asked.
        Unsupported => "unsupported",
    }
}

crate::word::words! {
    /// What the person or the operator should do while a capture runs: the text `capture_hint.<word>`.
    pub enum CaptureHint {
        /// Lay the fingers on the glass.
        PlaceFingers => "place_fingers",
        /// Press harder.
        PressHarder => "press_harder",
        /// The fingers are dry: moisten them a little.
        MoistenFingers => "moisten_fingers",
        /// Use the other hand.
        OtherHand => "other_hand",
        /// Come closer.
        ComeCloser => "come_closer",
        /// Look into the camera.
        LookHere => "look_here",
        /// Open the eyes.
        OpenEyes => "open_eyes",
        /// Keep still.
        HoldStill => "hold_still",
        /// Sign now.
        Sign => "sign",
        /// Lay in paper.
        LayInPaper => "lay_in_paper",
    }
}
