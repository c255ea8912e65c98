package clientaddr_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-dev/latchkey/internal/clientaddr"
)

func request(peer string, forwarded ...string) *http.Request {
	return &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": forwarded}}
}

func parse(t testing.TB, entries ...string) clientaddr.Proxies {
	t.Helper()
	p, err := clientaddr.Parse(entries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClient(t *testing.T) {
	t.Parallel()
	trusted := []string{"127.0.0.1", "::1", "10.0.0.0/8", "fe80::/10", "2001:db8:ff::/48"}
	for name, c := range map[string]struct {
		trusted   []string
		peer      string
		forwarded []string
		want      string
	}{
		"nobody is trusted":                 {nil, "127.0.0.1:9", []string{"198.51.100.1"}, "127.0.0.1"},
		"nobody is trusted, private":        {nil, "10.0.0.1:9", []string{"198.51.100.1"}, "10.0.0.1"},
		"a client without a proxy":          {trusted, "203.0.113.7:9", nil, "203.0.113.7"},
		"a client that plays proxy":         {trusted, "203.0.113.7:9", []string{"198.51.100.1"}, "203.0.113.7"},
		"a private peer outside the list":   {trusted, "192.168.0.1:9", []string{"198.51.100.1"}, "192.168.0.1"},
		"a proxy":                           {trusted, "127.0.0.1:9", []string{"198.51.100.1"}, "198.51.100.1"},
		"two proxies":                       {trusted, "127.0.0.1:9", []string{"198.51.100.1, 10.0.0.9"}, "198.51.100.1"},
		"two proxies, two lines":            {trusted, "127.0.0.1:9", []string{"198.51.100.1", "10.0.0.9"}, "198.51.100.1"},
		"a spoofed left part":               {trusted, "127.0.0.1:9", []string{"6.6.6.6, 198.51.100.1, 10.0.0.9"}, "198.51.100.1"},
		"a spoofed line":                    {trusted, "127.0.0.1:9", []string{"6.6.6.6", "198.51.100.1"}, "198.51.100.1"},
		"a spoofed proxy":                   {trusted, "127.0.0.1:9", []string{"6.6.6.6, 10.0.0.9, 198.51.100.1"}, "198.51.100.1"},
		"a spoofed empty line":              {trusted, "127.0.0.1:9", []string{"", "198.51.100.1"}, "198.51.100.1"},
		"a private client":                  {trusted, "127.0.0.1:9", []string{"198.51.100.1, 192.168.0.7"}, "192.168.0.7"},
		"a proxy that asks for itself":      {trusted, "127.0.0.1:9", nil, "127.0.0.1"},
		"proxies alone":                     {trusted, "127.0.0.1:9", []string{"10.0.0.8, 10.0.0.9"}, "10.0.0.8"},
		"a word":                            {trusted, "127.0.0.1:9", []string{"unknown"}, "127.0.0.1"},
		"a word after a good one":           {trusted, "127.0.0.1:9", []string{"198.51.100.1, unknown, 10.0.0.9"}, "10.0.0.9"},
		"nothing between commas":            {trusted, "127.0.0.1:9", []string{"198.51.100.1,,10.0.0.9"}, "10.0.0.9"},
		"an empty line after a good one":    {trusted, "127.0.0.1:9", []string{"198.51.100.1", ""}, "127.0.0.1"},
		"spaces and tabs":                   {trusted, "127.0.0.1:9", []string{" \t198.51.100.1 ,\t10.0.0.9 "}, "198.51.100.1"},
		"a port":                            {trusted, "127.0.0.1:9", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"a port that is none":               {trusted, "127.0.0.1:9", []string{"198.51.100.1:99999"}, "127.0.0.1"},
		"IPv6":                              {trusted, "[::1]:9", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 in brackets":                  {trusted, "[::1]:9", []string{"[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 with a port":                  {trusted, "[::1]:9", []string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		"IPv4 in brackets":                  {trusted, "[::1]:9", []string{"[198.51.100.1]"}, "::1"},
		"half a bracket":                    {trusted, "[::1]:9", []string{"[2001:db8::7"}, "::1"},
		"an IPv6 network of proxies":        {trusted, "[2001:db8:ff:1::1]:9", []string{"2001:db8::7, 2001:db8:ff::2"}, "2001:db8::7"},
		"a zone":                            {trusted, "[fe80::1%eth0]:9", []string{"2001:db8::7%1"}, "2001:db8::7"},
		"IPv4 as IPv6, a peer":              {trusted, "[::ffff:10.0.0.1]:9", []string{"198.51.100.1"}, "198.51.100.1"},
		"IPv4 as IPv6, a proxy":             {trusted, "127.0.0.1:9", []string{"198.51.100.1, ::ffff:10.0.0.9"}, "198.51.100.1"},
		"IPv4 as IPv6, a client":            {trusted, "127.0.0.1:9", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"IPv4 as IPv6, trusted":             {[]string{"::ffff:10.0.0.1"}, "10.0.0.1:9", []string{"198.51.100.1"}, "198.51.100.1"},
		"a peer that is no address":         {trusted, "@", []string{"198.51.100.1"}, "invalid IP"},
		"a peer that is not there":          {trusted, "", []string{"198.51.100.1"}, "invalid IP"},
		"a proxy that quotes":               {trusted, "127.0.0.1:9", []string{`"198.51.100.1"`}, "127.0.0.1"},
		"leading zeros, octal to some":      {trusted, "127.0.0.1:9", []string{"010.0.0.1"}, "127.0.0.1"},
		"a proxy's list with other headers": {trusted, "127.0.0.1:9", []string{"for=198.51.100.1"}, "127.0.0.1"},
	} {
		if got := parse(t, c.trusted...).Client(request(c.peer, c.forwarded...)).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	if got := parse(t, "127.0.0.1", " 10.0.0.0/8", "fd00::/8", "::ffff:192.0.2.1").String(); got != "127.0.0.1/32,10.0.0.0/8,fd00::/8,192.0.2.1/32" {
		t.Errorf("got %s", got)
	}
	if got := parse(t).String(); got != "none" {
		t.Errorf("got %s", got)
	}
	for entry, want := range map[string]string{
		"":                    `"" is neither an address nor a network: write it as`,
		"nginx":               `"nginx" is neither`,
		"10.0.0.1:80":         "without name, port and zone",
		"fe80::1%eth0":        "without name, port and zone",
		"fe80::/10%eth0":      "is no network",
		"10.0.0.0/33":         "is no network",
		"10.0.0.0/":           "is no network",
		"10.0.0.7/8":          "write 10.0.0.0/8 for the network, 10.0.0.7 for the address",
		"::ffff:10.0.0.0/104": "write it as 10.0.0.0/8",
		"0.0.0.0/0":           "is every address",
		"::/0":                "is every address",
	} {
		if p, err := clientaddr.Parse([]string{"127.0.0.1", entry}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", entry, p, err, want)
		}
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	for address, want := range map[netip.Addr]string{
		{}:                                       "",
		netip.MustParseAddr("203.0.113.7"):       "203.0.113.7",
		netip.MustParseAddr("2001:db8:1:2:3::6"): "2001:db8:1:2::/64",
	} {
		if got := clientaddr.Group(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// FuzzClient puts what a client wrote left of what the trusted proxies saw: the
// answer is the same as without.
func FuzzClient(f *testing.F) {
	for _, spoofed := range []string{"", "6.6.6.6", "10.0.0.1, ", ",,,", "[::1", "::ffff:10.0.0.1%x", "1.2.3.4:5", "\x00", "6.6.6.6,\n10.0.0.1"} {
		f.Add(spoofed, "198.51.100.1", "10.0.0.9", true)
		f.Add("6.6.6.6", spoofed, "10.0.0.9", false)
	}
	proxies := parse(f, "127.0.0.1", "10.0.0.0/8")
	f.Fuzz(func(t *testing.T, spoofed, client, proxy string, lines bool) {
		for _, peer := range []string{client, proxy, spoofed} {
			proxies.Client(request(peer, spoofed, client, proxy)) // no panic
		}
		seen := []string{client, proxy}
		want := proxies.Client(request("127.0.0.1:9", seen...))
		if !believed(want) && !slices.Contains(addresses(seen), want) {
			t.Errorf("%q: %s, which nobody sent", seen, want)
		}
		if believed(want) { // the walk went all the way, or ended at something that is no address
			return
		}
		forwarded := append([]string{spoofed}, seen...)
		if lines {
			forwarded = []string{strings.Join(forwarded, ",")}
		}
		if got := proxies.Client(request("127.0.0.1:9", forwarded...)); got != want {
			t.Errorf("%q: %s, want %s: what is left of it counts for nothing", forwarded, got, want)
		}
		if got := proxies.Client(request("203.0.113.7:9", forwarded...)); got != netip.MustParseAddr("203.0.113.7") {
			t.Errorf("%q: a peer that is not trusted is %s", forwarded, got)
		}
	})
}

// believed reports whether FuzzClient's proxies trust an address.
func believed(a netip.Addr) bool {
	return a == netip.MustParseAddr("127.0.0.1") || netip.MustParsePrefix("10.0.0.0/8").Contains(a)
}

// addresses reads the entries of lists in the plainest way.
func addresses(lists []string) []netip.Addr {
	var all []netip.Addr
	for _, list := range lists {
		for hop := range strings.SplitSeq(list, ",") {
			hop = strings.Trim(hop, " \t")
			a, err := netip.ParseAddr(strings.Trim(hop, "[]"))
			if at, portErr := netip.ParseAddrPort(hop); err != nil && portErr == nil {
				a = at.Addr()
			}
			all = append(all, a.Unmap().WithZone(""))
		}
	}
	return all
}
