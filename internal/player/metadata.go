package player

import (
	"encoding/json"
	"fmt"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// merge answers the metadata old changed by what was sent: members with a value
// are set, members with an empty value ("" or null) are removed, and an empty
// value for the whole removes everything. The result is nil when it is empty.
func merge(old, sent json.RawMessage) (json.RawMessage, error) {
	if s := string(sent); s == `""` || s == "null" || s == "{}" {
		return nil, nil
	}
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(sent, &changes); err != nil {
		return nil, fault.Field("metadata", nil, "must be an object of strings and numbers: %v", err)
	}
	merged := map[string]json.RawMessage{}
	if old != nil {
		if err := json.Unmarshal(old, &merged); err != nil {
			return nil, fmt.Errorf("read stored metadata: %w", err)
		}
	}
	for name, value := range changes {
		switch value[0] { // values are valid JSON without leading space
		case '{', '[':
			return nil, fault.Field("metadata."+name, nil, "must be a string or a number, nested values are not kept")
		}
		if s := string(value); s == `""` || s == "null" {
			delete(merged, name)
			continue
		}
		merged[name] = value
	}
	if len(merged) == 0 {
		return nil, nil
	}
	return json.Marshal(merged)
}
