package httpapi

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// maxFormDepth is the deepest nesting of brackets in a form key.
const maxFormDepth = 8

// parseForm returns the JSON object that a form (or a query) stands for. All
// its leaves are strings: bind knows what they should be. a=x&a=y, a[]=x and
// a[0]=x are lists, a[b]=x is an object; brackets may be percent-encoded or
// not. A key used in two of these ways, or a list with a hole, is refused.
func parseForm(raw string) (map[string]any, error) {
	root := &formNode{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		if err := root.addPair(pair); err != nil {
			return nil, err
		}
	}
	tree := make(map[string]any, len(root.keys))
	for name, child := range root.keys {
		v, err := child.value(name)
		if err != nil {
			return nil, err
		}
		tree[name] = v
	}
	return tree, nil
}

// formNode is what is known of one key. At most one of its lists is in use.
type formNode struct {
	texts []string             // a=x
	items []*formNode          // a[]=x
	keys  map[string]*formNode // a[b]=x and a[0]=x
}

func (n *formNode) addPair(pair string) error {
	rawKey, rawText, _ := strings.Cut(pair, "=")
	key, err := url.QueryUnescape(rawKey)
	if err != nil {
		return fault.New(fault.Invalid, "form: the key %q is not percent-encoded text", clip(rawKey))
	}
	if key == "" {
		return nil
	}
	text, err := url.QueryUnescape(rawText)
	if err != nil {
		return fault.Field(clip(key), nil, "is not percent-encoded text: a %% sign is written %%25")
	}
	path, ok := splitFormKey(key)
	if !ok {
		return fault.New(fault.Invalid, "form: the key %q must be a name and at most %d pairs of brackets", clip(key), maxFormDepth)
	}
	if !n.add(path, text) {
		return fault.Field(clip(path[0]), nil, "is sent in two ways that exclude each other (name=, name[]=, name[key]=)")
	}
	return nil
}

// splitFormKey cuts a[b][] into a, b and "". ok is false for anything but a
// name and balanced brackets.
func splitFormKey(key string) (path []string, ok bool) {
	name, rest, bracket := strings.Cut(key, "[")
	if name == "" || strings.Contains(name, "]") {
		return nil, false
	}
	path = []string{name}
	for bracket {
		inner, after, closed := strings.Cut(rest, "]")
		if !closed || strings.Contains(inner, "[") || len(path) > maxFormDepth {
			return nil, false
		}
		path = append(path, inner)
		if after == "" {
			return path, true
		}
		if after[0] != '[' {
			return nil, false
		}
		rest = after[1:]
	}
	return path, true
}

// add reports false when the path contradicts what is there already.
func (n *formNode) add(path []string, text string) bool {
	if len(path) == 0 {
		if n.items != nil || n.keys != nil {
			return false
		}
		n.texts = append(n.texts, text)
		return true
	}
	if n.texts != nil {
		return false
	}
	if path[0] == "" {
		return n.keys == nil && n.item(path[1:]).add(path[1:], text)
	}
	if n.items != nil {
		return false
	}
	if n.keys == nil {
		n.keys = make(map[string]*formNode)
	}
	child, ok := n.keys[path[0]]
	if !ok {
		child = &formNode{}
		n.keys[path[0]] = child
	}
	return child.add(path[1:], text)
}

// item returns the list item that a[]… goes to: the last one while the rest of
// the path is new to it (a[][x]=1&a[][y]=2 is one object), else a fresh one.
func (n *formNode) item(rest []string) *formNode {
	if len(n.items) > 0 && len(rest) > 0 {
		if last := n.items[len(n.items)-1]; last.misses(rest) {
			return last
		}
	}
	fresh := &formNode{}
	n.items = append(n.items, fresh)
	return fresh
}

// misses reports whether nothing was added at path yet, and something may be.
func (n *formNode) misses(path []string) bool {
	if n.texts != nil || len(path) == 0 {
		return false
	}
	if path[0] == "" {
		return n.keys == nil
	}
	child, ok := n.keys[path[0]]
	return n.items == nil && (!ok || child.misses(path[1:]))
}

func (n *formNode) value(path string) (any, error) {
	switch {
	case n.items != nil:
		return listOf(n.items, path)
	case n.keys != nil && n.indexed():
		return n.list(path)
	case n.keys != nil:
		return n.object(path)
	case len(n.texts) == 1:
		return n.texts[0], nil
	default:
		list := make([]any, len(n.texts))
		for i, t := range n.texts {
			list[i] = t
		}
		return list, nil
	}
}

func (n *formNode) object(path string) (any, error) {
	object := make(map[string]any, len(n.keys))
	for key, child := range n.keys {
		v, err := child.value(join(path, key))
		if err != nil {
			return nil, err
		}
		object[key] = v
	}
	return object, nil
}

// indexed reports whether every key is a number.
func (n *formNode) indexed() bool {
	for key := range n.keys {
		if strings.Trim(key, "0123456789") != "" {
			return false
		}
	}
	return true
}

func (n *formNode) list(path string) (any, error) {
	items := make([]*formNode, len(n.keys))
	for i := range items {
		child, ok := n.keys[strconv.Itoa(i)]
		if !ok {
			return nil, fault.Field(clip(path), nil, "is a list whose item [%d] is missing", i)
		}
		items[i] = child
	}
	return listOf(items, path)
}

func listOf(items []*formNode, path string) (any, error) {
	list := make([]any, len(items))
	for i, item := range items {
		v, err := item.value(path + "[" + strconv.Itoa(i) + "]")
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}
