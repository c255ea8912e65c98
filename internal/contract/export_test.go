package contract

// Decode answers what Read does, from what the function returned.
func Decode(c Contract, function string, data []byte) (any, error) {
	m, err := method(c, function)
	if err != nil {
		return nil, err
	}
	return decode(m, data)
}
