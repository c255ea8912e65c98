package httpapi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseForm(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		form string
		want string // JSON
	}{
		"empty":                {"", `{}`},
		"fields":               {"a=1&b=x%20y&c=x+y", `{"a":"1","b":"x y","c":"x y"}`},
		"raw spaces":           {"name=a b", `{"name":"a b"}`},
		"no value":             {"a&b=", `{"a":"","b":""}`},
		"stray separators":     {"&a=1&&b=2&=x", `{"a":"1","b":"2"}`},
		"equals in the value":  {"a=b=c", `{"a":"b=c"}`},
		"repeated":             {"a=1&a=2", `{"a":["1","2"]}`},
		"appended":             {"a[]=1&a[]=2", `{"a":["1","2"]}`},
		"appended once":        {"a[]=1", `{"a":["1"]}`},
		"indexed":              {"a[1]=y&a[0]=x", `{"a":["x","y"]}`},
		"encoded brackets":     {"a%5B0%5D=x&s%5Bk%5D=v", `{"a":["x"],"s":{"k":"v"}}`},
		"object":               {"s[k]=v&s[l]=w", `{"s":{"k":"v","l":"w"}}`},
		"deep":                 {"i[0][functionArgs][]=a&i[0][functionArgs][]=b&i[0][to]=c", `{"i":[{"functionArgs":["a","b"],"to":"c"}]}`},
		"appended objects":     {"i[][to]=a&i[][data]=b&i[][to]=c", `{"i":[{"data":"b","to":"a"},{"to":"c"}]}`},
		"appended deep fields": {"i[][s][k]=1&i[][s][l]=2&i[][s][k]=3", `{"i":[{"s":{"k":"1","l":"2"}},{"s":{"k":"3"}}]}`},
		"lists of lists":       {"a[][]=1&a[][]=2", `{"a":[["1","2"]]}`},
		"more than ten items":  {indexes(12), `{"a":["0","1","2","3","4","5","6","7","8","9","10","11"]}`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, err := parseForm(tc.form)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := json.Marshal(tree)
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func indexes(n int) string {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("a[%d]=%d", i, i))
	}
	return strings.Join(pairs, "&")
}

func TestParseFormRefusals(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"a=%zz":                               "a: is not percent-encoded text",
		"%zz=1":                               `the key "%zz" is not percent-encoded text`,
		"a[=1":                                `the key "a[" must be a name and at most 8 pairs of brackets`,
		"a]=1":                                `the key "a]"`,
		"a[b]c=1":                             `the key "a[b]c"`,
		"[a]=1":                               `the key "[a]"`,
		"a[[b]]=1":                            `the key "a[[b]]"`,
		"a[0][1][2][3][4][5][6][7][8][9]=1":   "at most 8 pairs of brackets",
		"a=1&a[b]=2":                          "a: is sent in two ways",
		"a[b]=2&a=1":                          "a: is sent in two ways",
		"a[]=1&a=2":                           "a: is sent in two ways",
		"a[]=1&a[0]=2":                        "a: is sent in two ways",
		"a[0]=1&a[]=2":                        "a: is sent in two ways",
		"a[1]=x":                              "a: is a list whose item [0] is missing",
		"a[0]=x&a[999999999]=y":               "a: is a list whose item [1] is missing",
		"a[00]=x":                             "a: is a list whose item [0] is missing",
		"i[0][functionArgs][1]=x":             "i[0].functionArgs: is a list whose item [0] is missing",
		strings.Repeat("k", 300) + "[b]c=1":   `the key "kkkk`,
		"i[0][to]=a&i[0][to][x]=b":            "i: is sent in two ways",
		"permissions[0][data][calls][1]=mint": "permissions[0].data.calls: is a list whose item [0] is missing",
	}
	for form, want := range cases {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			_, err := parseForm(form)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

// Any tree that a form can hold comes back as it was, whichever of the two
// ways of writing lists is used.
func TestFormIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tree := map[string]any{}
		for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}`), 1, 4, rapid.ID).Draw(t, "keys") {
			tree[key] = drawTree(t, 3)
		}
		appended := rapid.Bool().Draw(t, "appended")
		var pairs []string
		for _, key := range sortedKeys(tree) {
			pairs = formPairs(pairs, key, tree[key], appended)
		}
		got, err := parseForm(strings.Join(pairs, "&"))
		if err != nil {
			t.Fatalf("%s: %v", pairs, err)
		}
		if diff := cmp.Diff(tree, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pairs, diff)
		}
	})
}

func drawTree(t *rapid.T, depth int) any {
	kinds := []string{"text", "list", "object"}
	if depth == 0 {
		kinds = kinds[:1]
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "list":
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return rapid.String().Draw(t, "item") }), 1, 3).Draw(t, "list")
	case "object":
		object := map[string]any{}
		for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z ]{1,3}`), 1, 3, rapid.ID).Draw(t, "keys") {
			object[key] = drawTree(t, depth-1)
		}
		return object
	default:
		return rapid.String().Draw(t, "text")
	}
}

// formPairs writes a tree as form pairs.
func formPairs(pairs []string, path string, v any, appendStyle bool) []string {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			pairs = formPairs(pairs, path+"["+url.QueryEscape(key)+"]", v[key], appendStyle)
		}
	case []any:
		for i, item := range v {
			index := fmt.Sprintf("[%d]", i)
			if appendStyle {
				index = "[]"
			}
			pairs = formPairs(pairs, path+index, item, appendStyle)
		}
	case string:
		pairs = append(pairs, path+"="+url.QueryEscape(v))
	}
	return pairs
}

// Whatever is sent: an answer or a refusal, and no value that was not sent.
func FuzzParseForm(f *testing.F) {
	for _, seed := range []string{
		"address=0x76e6...9341&chainId=80002&validUntil=1685004600&validAfter=0&account=acc_...&policy=pol_...",
		"strategy[sponsorSchema]=pay_for_user", "a[]=1&a[]=2", "a[0]=x&a[1]=y", "i[][to]=a&i[][to]=b", "a=1&a=2", "a[=%zz", "a[99999999999999999999]=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, form string) {
		tree, err := parseForm(form)
		if err != nil {
			return
		}
		if leaves := countLeaves(tree); leaves > strings.Count(form, "&")+1 {
			t.Errorf("%q has more values (%d) than pairs: %v", form, leaves, tree)
		}
		var req CreateSessionRequest
		if err := checkText(tree); err == nil {
			_ = bind(&req, tree)
		}
	})
}

func countLeaves(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, child := range v {
			n += countLeaves(child)
		}
	case []any:
		for _, child := range v {
			n += countLeaves(child)
		}
	default:
		n = 1
	}
	return n
}
