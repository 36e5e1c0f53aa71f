internal import Console

extension KeyDecoder {
    /// A byte outside of any sequence.
    mutating func takeFirst(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        switch byte {
        case 0x1B: state = .escape
        case 0x08, 0x7F: inputs.append(.key(.backspace))
        case 0x09: inputs.append(.key(.tab))
        case 0x0A, 0x0D: inputs.append(.key(.enter))
        case 0x00...0x1A: inputs.append(.key(.control(Character(Unicode.Scalar(byte == 0 ? 0x40 : byte + 0x60)))))
        case 0x1C...0x1F: inputs.append(.key(.control(Character(Unicode.Scalar(byte + 0x40)))))
        case 0x20...0x7E: inputs.append(.key(.character(Character(Unicode.Scalar(byte)))))
        case 0xC2...0xDF: beginCharacter(byte, missing: 1)
        case 0xE0...0xEF: beginCharacter(byte, missing: 2)
        case 0xF0...0xF4: beginCharacter(byte, missing: 3)
        default: inputs.append(.key(.unknown))
        }
    }

    private mutating func beginCharacter(_ byte: UInt8, missing: Int) {
        sequence = [byte]
        state = .character(missing: missing)
    }

    /// The rest of a UTF-8 character; what is none of it is a byte of its own.
    mutating func takeContinuation(_ byte: UInt8, missing: Int, into inputs: inout [TerminalInput]) {
        guard (0x80...0xBF).contains(byte) else {
            reset()
            inputs.append(.key(.unknown))
            takeFirst(byte, into: &inputs)
            return
        }
        sequence.append(byte)
        guard missing == 1 else {
            state = .character(missing: missing - 1)
            return
        }
        let text = String(validating: sequence, as: UTF8.self)
        reset()
        // U+0080 to U+009F are controls that no key sends.
        let isPrintable = text?.unicodeScalars.first.map { $0.value >= 0xA0 } ?? false
        inputs.append(.key(isPrintable ? text?.first.map(Key.character) ?? .unknown : .unknown))
    }

    /// A byte after `ESC O`: what keypads and cursor keys send in application mode, perhaps with a digit for Shift or Ctrl.
    mutating func takeSingle(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        switch byte {
        case 0x30...0x39, 0x3B:
            keep(byte)
        case 0x20...0x7E:
            let (isModified, isTooLong) = (!sequence.isEmpty, sequence.count > Self.sequenceLimit)
            reset()
            inputs.append(.key(isTooLong ? .unknown : Self.singleKey(byte, isModified: isModified)))
        default:
            abort(byte, into: &inputs)
        }
    }

    private static func singleKey(_ byte: UInt8, isModified: Bool) -> Key {
        switch byte {
        case 0x50...0x53: isModified ? .unknown : .function(Int(byte) - 0x4F)
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "I"): .tab
        // The keypad's `* + , - . / 0 … 9` and `=`, as VT100 sends them.
        case 0x6A...0x79: isModified ? .unknown : .character(Character(Unicode.Scalar(byte - 0x40)))
        case UInt8(ascii: "X"): .character("=")
        default: letterKey(byte) ?? .unknown
        }
    }

    /// A byte after `ESC [`.
    mutating func takeControl(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        switch byte {
        case UInt8(ascii: "[") where sequence.isEmpty:
            state = .linuxFunction
        case UInt8(ascii: "M") where sequence.isEmpty:
            state = .mouse(3)
        case 0x20...0x3F:
            keep(byte)
        case 0x40...0x7E:
            finishControl(byte, into: &inputs)
        default:
            abort(byte, into: &inputs)
        }
    }

    private mutating func finishControl(_ final: UInt8, into inputs: inout [TerminalInput]) {
        let parameters = String(decoding: sequence, as: UTF8.self)
        let isTooLong = sequence.count > Self.sequenceLimit
        reset()
        if isTooLong {
            inputs.append(.key(.unknown))
        } else if final == UInt8(ascii: "~") && parameters == "200" {
            beginPaste()
        } else {
            inputs.append(.key(Self.controlKey(final, parameters: parameters)))
        }
    }

    /// Keeps a byte of a sequence, and of one over the limit only that it is: its end must still be found.
    private mutating func keep(_ byte: UInt8) {
        if sequence.count <= Self.sequenceLimit { sequence.append(byte) }
    }

    /// A byte that cannot belong to the sequence: what was begun is no key, and the byte starts anew.
    private mutating func abort(_ byte: UInt8, into inputs: inout [TerminalInput]) {
        reset()
        inputs.append(.key(.unknown))
        takeFirst(byte, into: &inputs)
    }

    private static func controlKey(_ final: UInt8, parameters: String) -> Key {
        let fields = parameters.split(separator: ";", omittingEmptySubsequences: false)
        guard fields.count <= 2, fields.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }) else { return .unknown }
        let isModified = fields.count == 2 && fields[1] != "1"
        switch final {
        case UInt8(ascii: "~"): return tildeKey(Int(fields.first ?? "") ?? 0, isModified: isModified)
        case UInt8(ascii: "Z"): return .backTab
        case 0x50...0x53: return isModified ? .unknown : .function(Int(final) - 0x4F)
        default: return letterKey(final) ?? .unknown
        }
    }

    /// Moving is the same with Shift, Ctrl or Alt: it is how fingers slip, and it changes nothing.
    private static func letterKey(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"), UInt8(ascii: "a"): .up
        case UInt8(ascii: "B"), UInt8(ascii: "b"): .down
        case UInt8(ascii: "C"), UInt8(ascii: "c"): .right
        case UInt8(ascii: "D"), UInt8(ascii: "d"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        default: nil
        }
    }

    private static func tildeKey(_ number: Int, isModified: Bool) -> Key {
        switch number {
        case 1, 7: .home
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case _ where isModified: .unknown
        case 2: .insert
        case 3: .delete
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...24: .function(number - 12)
        default: .unknown
        }
    }
}
