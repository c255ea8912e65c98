package player

import "encoding/json"

// Params are the fields that a client may set. In an update nil leaves a field
// as it is.
type Params struct {
	Name        *string
	Description *string
	Metadata    json.RawMessage
}
