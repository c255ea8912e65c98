package ui

import (
	"context"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"
)

// Chrome is what stands around every page of one request. Components find it in
// their context.
type Chrome struct {
	Assets   string // address of the static files, without a slash at the end
	Theme    string // "light", "dark", or "" for what the system says
	Operator string // name, "" when nobody is signed in
	Role     string
	CanEdit  bool // may change what projects own
	IsAdmin  bool
	CSRF     string
	Projects []Project
	Project  string // id of the one that is looked at
	Notice   string // said once, after a change
	Version  string
}

// Project is one choice of the project selector.
type Project struct{ ID, Name string }

type chromeKey struct{}

// With answers a context whose components find c.
func With(ctx context.Context, c Chrome) context.Context {
	return context.WithValue(ctx, chromeKey{}, c)
}

func chrome(ctx context.Context) Chrome {
	c, _ := ctx.Value(chromeKey{}).(Chrome)
	return c
}

// CanEdit reports whether the reader may change what projects own.
func CanEdit(ctx context.Context) bool { return chrome(ctx).CanEdit }

// IsAdmin reports whether the reader may change keys and operators.
func IsAdmin(ctx context.Context) bool { return chrome(ctx).IsAdmin }

// Nav names a page of the menu, to mark it as the present one.
type Nav string

type navGroup struct {
	name  string
	items []navItem
}

type navItem struct {
	nav   Nav // also its path
	title string
}

// The menu. A page is added by a line here.
const (
	NavOverview  Nav = "/"
	NavUsers     Nav = "/users"
	NavSessions  Nav = "/sessions"
	NavIntents   Nav = "/intents"
	NavPolicies  Nav = "/policies"
	NavContracts Nav = "/contracts"
	NavKeys      Nav = "/keys"
	NavRequests  Nav = "/requests"
	NavAudit     Nav = "/audit"
	NavPeople    Nav = "/operators"
	NavProfile   Nav = "/profile"
)

var menu = []navGroup{
	{"", []navItem{
		{NavOverview, "Overview"},
		{NavUsers, "Users"},
		{NavSessions, "Session keys"},
		{NavIntents, "Transactions"},
	}},
	{"Project", []navItem{
		{NavPolicies, "Gas policies"},
		{NavContracts, "Contracts"},
		{NavKeys, "API keys"},
		{NavRequests, "Requests"},
	}},
	{"Settings", []navItem{
		{NavAudit, "Audit log"},
		{NavPeople, "Operators"},
	}},
}

// Tone colours a badge or a notice.
type Tone string

const (
	Plain  Tone = ""
	Accent Tone = "accent"
	Good   Tone = "good"
	Warn   Tone = "warn"
	Bad    Tone = "bad"
)

// Crumb is a step on the way to a page.
type Crumb struct{ Title, Path string }

// short cuts the middle out of addresses, hashes and ids.
func short(s string) string {
	if head, rest, ok := strings.Cut(s, "_"); ok && len(rest) == 36 {
		return head + "_" + rest[:4] + "…" + rest[30:]
	}
	if len(s) <= 16 {
		return s
	}
	return s[:8] + "…" + s[len(s)-6:]
}

var fraction = regexp.MustCompile(`(\d+)\.(0*)(\d{5,})`)

// rounded leaves four digits of each long fraction: 0.000370700465893976 is
// 0.0003707.
func rounded(text string) string {
	return fraction.ReplaceAllStringFunc(text, func(number string) string {
		parts := fraction.FindStringSubmatch(number)
		digits := strings.TrimRight(parts[3][:4], "0")
		return strings.TrimSuffix(parts[1]+"."+strings.TrimRight(parts[2]+digits, "0"), ".")
	})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
func plain(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// barClass warns as a limit comes near.
func barClass(used, limit *big.Int) string {
	if limit.Sign() == 0 || used.Cmp(limit) >= 0 {
		return "full"
	}
	if new(big.Int).Mul(used, big.NewInt(10)).Cmp(new(big.Int).Mul(limit, big.NewInt(8))) >= 0 {
		return "high"
	}
	return ""
}

// barValue is used in thousandths of limit: browsers count in floats.
func barValue(used, limit *big.Int) string {
	if limit.Sign() <= 0 {
		return "1000"
	}
	share := new(big.Int).Mul(used, big.NewInt(1000))
	share.Div(share, limit)
	if !share.IsInt64() || share.Int64() > 1000 {
		return "1000"
	}
	return fmt.Sprint(share)
}

// Pages are the addresses that a pager leads to, "" for none.
type Pages struct{ First, Next string }
