package console

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// onceFields are the fields that a grant's form has once and says errors at, by
// their id. What is wrong with others is said above the form.
var onceFields = []string{"key", "understood", "value", "starts", "lasts", "limit", "feeLimit", "rate"}

// rowFields are those of repeated parts.
var rowFields = []string{"contract", "reach", "functions", "limitOf", "limitArgument", "limitOp", "limitValue", "token", "tokenAmount", "nft", "nftKind", "nftID", "nftAmount"}

// requestFields are the form's fields by how requests call them.
var requestFields = map[string]string{
	"address": "key", "validAfter": "starts", "validUntil": "lasts", "rate-limit": "rate",
}

// place answers the id of the field that a refusal belongs to, "" when it
// belongs to none. Refusals of the form itself name an id; those of what it asks
// for name a field of requests.
func (f grantForm) place(refused *fault.Fault) string {
	field := refused.Field
	if id, ok := requestFields[field]; ok {
		return id
	}
	if slices.Contains(onceFields, field) {
		return field
	}
	if field == "permissions" {
		return f.placeOf(refused.Value)
	}
	base, inside, _ := strings.Cut(field, ".")
	name, row, _ := strings.Cut(base, "-")
	switch {
	case !slices.Contains(rowFields, name):
		return ""
	case strings.HasPrefix(inside, "data.calls"):
		return "functions-" + row
	}
	return base
}

// rowPaths are the form's contracts in what a request is refused for.
var rowPaths = regexp.MustCompile(`contract-(\d+)(\.data(\.[a-z]+(\[\d+\])?)?)?`)

// grantProblem is problem of a grant: it calls contracts by their place in the
// form.
func grantProblem(err error) string {
	return rowPaths.ReplaceAllStringFunc(problem(err), func(path string) string {
		row, _ := strconv.Atoi(rowPaths.FindStringSubmatch(path)[1]) // digits
		return fmt.Sprint("contract ", row+1)
	})
}

// placeOf answers the field with which a rule was asked for.
func (f grantForm) placeOf(value any) string {
	switch value := value.(type) {
	case string:
		return requestFields[value]
	case common.Address:
		for _, name := range []string{"token", "nft"} {
			for row, text := range f.Values[name] {
				if common.HexToAddress(strings.TrimSpace(text)) == value {
					return rowID(name, row)
				}
			}
		}
	}
	return ""
}
