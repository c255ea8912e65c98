package userop

import "encoding/binary"

// AtMoment answers a signature field that names t, in unix seconds, as the
// present, when it is one that names a moment and a lesser one; else the field
// itself. The moment is not part of what the key signed, so whoever submits an
// operation late can name the time anew.
func AtMoment(field []byte, t uint64) []byte {
	const named = modeSession | modeMoment
	if len(field) <= SignatureLength || field[0]&named != named || t <= momentOf(field) {
		return field
	}
	out := make([]byte, 0, len(field))
	out = append(out, field[0])
	out = appendMoment(out, t)
	return append(out, field[1+momentLength:]...)
}

func momentOf(field []byte) uint64 {
	var word [8]byte
	copy(word[8-momentLength:], field[1:])
	return binary.BigEndian.Uint64(word[:])
}

func appendMoment(out []byte, t uint64) []byte {
	var word [8]byte
	binary.BigEndian.PutUint64(word[:], t)
	return append(out, word[8-momentLength:]...)
}
