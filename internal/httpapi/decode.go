package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 1 << 20

// readBody returns the body as a JSON object, whichever way it is written.
// Numbers are json.Number, the values of forms strings. An empty body is an
// empty object.
func readBody(w http.ResponseWriter, r *http.Request) (map[string]any, error) {
	parse, err := bodyParser(r.Header)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, readFault(err)
	}
	tree, err := parse(raw)
	if err != nil {
		return nil, err
	}
	return tree, checkText(tree)
}

func readFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fault.New(fault.TooLarge, "body: is larger than the limit of %d bytes", maxBody)
	}
	return &fault.Fault{Kind: fault.Invalid, Message: "body: ended before its announced length", Cause: err}
}

type parser func(raw []byte) (map[string]any, error)

// bodyParser chooses by the content type.
func bodyParser(h http.Header) (parser, error) {
	if enc := h.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, fault.New(fault.Unsupported, "Content-Encoding: %q is not offered; send the body uncompressed", clip(enc))
	}
	header := h.Get("Content-Type")
	if header == "" {
		return parseUntyped, nil
	}
	media, params, err := mime.ParseMediaType(header)
	if err != nil {
		return nil, unsupported(header)
	}
	if charset := params["charset"]; charset != "" && !isUTF8(charset) {
		return nil, fault.New(fault.Unsupported, "Content-Type: charset %q is not offered; send UTF-8", clip(charset))
	}
	switch {
	case media == "application/json", strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"):
		return parseJSON, nil
	case media == "application/x-www-form-urlencoded":
		return func(raw []byte) (map[string]any, error) { return parseForm(string(raw)) }, nil
	default:
		return nil, unsupported(header)
	}
}

func isUTF8(charset string) bool {
	return strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8") || strings.EqualFold(charset, "us-ascii")
}

func unsupported(contentType string) error {
	return fault.New(fault.Unsupported, "Content-Type: %q is not offered; send application/json or application/x-www-form-urlencoded", clip(contentType))
}

// parseUntyped takes a body without a content type when it is JSON.
func parseUntyped(raw []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(raw)) > 0 && !json.Valid(raw) {
		return nil, fault.New(fault.Unsupported, "Content-Type: is missing and the body is not JSON; send application/json or application/x-www-form-urlencoded")
	}
	return parseJSON(raw)
}

func parseJSON(raw []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return map[string]any{}, nil
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		return nil, jsonFault(raw, err)
	}
	end := dec.InputOffset()
	if rest := bytes.TrimLeft(raw[end:], " \t\r\n"); len(rest) > 0 {
		return nil, fault.New(fault.Invalid, "body: goes on after the end of its JSON value at %s", position(raw, len(raw)-len(rest)))
	}
	tree, ok := value.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "body: must be a JSON object, is %s", describeValue(value))
	}
	return tree, nil
}

func jsonFault(raw []byte, err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Invalid, "body: is not JSON: ends too early at %s", position(raw, len(raw)))
	case errors.As(err, &syntax):
		return fault.New(fault.Invalid, "body: is not JSON at %s: %s", position(raw, int(syntax.Offset)-1), syntax.Error())
	default:
		return fault.New(fault.Invalid, "body: is not JSON: %s", err.Error())
	}
}

// position says where in a text a byte is, for people.
func position(raw []byte, offset int) string {
	before := raw[:max(0, min(offset, len(raw)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
	return fmt.Sprintf("line %d, column %d", line, column)
}

// checkText refuses text that no database column can hold.
func checkText(tree map[string]any) error {
	path, bad := badText(tree)
	if !bad {
		return nil
	}
	path = strings.TrimPrefix(path, ".")
	if path == "" {
		path = "body"
	}
	return fault.Field(path, nil, "must be UTF-8 text without NUL characters")
}

// badText finds the first such text, or such a key, and the path to it. Paths
// are put together on the way back: one long key must not be copied for each
// of a million values below it.
func badText(v any) (path string, bad bool) {
	switch v := v.(type) {
	case string:
		return "", !utf8.ValidString(v) || strings.ContainsRune(v, 0)
	case []any:
		for i, e := range v {
			if path, bad := badText(e); bad {
				return "[" + strconv.Itoa(i) + "]" + path, true
			}
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if _, bad := badText(key); bad {
				return "", true
			}
			if path, bad := badText(v[key]); bad {
				return "." + clip(key) + path, true
			}
		}
	}
	return "", false
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// join names a field of an object as error messages name it.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
