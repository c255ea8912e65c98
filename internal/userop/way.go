package userop

// WayOf reads the way in from the signature field of a session's operation.
func WayOf(field []byte) WayIn {
	if len(field) == 0 {
		return Registered
	}
	return WayIn(field[0] >> modeWayInShift & 3)
}
