package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// facts answers the members of a JSON object, by name. Nested values stay JSON.
func facts(object json.RawMessage) []fact {
	var members map[string]json.RawMessage
	if len(object) == 0 || json.Unmarshal(object, &members) != nil {
		return nil
	}
	var all []fact
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := string(members[name])
		if text, err := strconv.Unquote(value); err == nil {
			value = text
		}
		all = append(all, fact{name, value})
	}
	return all
}
