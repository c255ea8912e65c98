package auth

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Origins are the web origins that may use a project's publishable keys: whose
// pages may call the API, show the wallet page in a frame, and be returned to
// after a sign-in.
type Origins struct {
	listed   []string // "https://game.example", as browsers write them
	loopback bool     // every origin on this machine as well
}

// Allows reports whether a page of an origin may. It takes the value of an
// Origin header.
func (o Origins) Allows(origin string) bool {
	return slices.Contains(o.listed, origin) || o.loopback && isLoopback(origin)
}

// AllowsURL reports whether a browser may be sent to a URL.
func (o Origins) AllowsURL(target string) bool {
	u, err := url.Parse(target)
	return err == nil && u.User == nil && u.Opaque == "" && o.Allows(strings.ToLower(u.Scheme+"://"+u.Host))
}

// Sources are the origins as Content-Security-Policy writes them, for its
// frame-ancestors. There are none when nobody may.
func (o Origins) Sources() []string {
	sources := slices.Clone(o.listed)
	if o.loopback {
		sources = append(sources, "http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*")
	}
	return sources
}

func isLoopback(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !isOrigin(u) {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// isOrigin reports whether a URL is nothing but an origin.
func isOrigin(u *url.URL) bool {
	return u.Host != "" && u.User == nil && u.Path == "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && u.Opaque == ""
}

// Origins answers the origins of a project.
func (s *Service) Origins(ctx context.Context, projectID string) (Origins, error) {
	p, err := s.Store.Project(ctx, projectID)
	if err != nil {
		return Origins{}, err
	}
	return Origins{listed: p.AllowedOrigins, loopback: s.Loopback && len(p.AllowedOrigins) == 0}, nil
}

// OriginAllowed reports whether a page of an origin may use a project's
// publishable keys.
func (s *Service) OriginAllowed(ctx context.Context, projectID, origin string) (bool, error) {
	o, err := s.Origins(ctx, projectID)
	return o.Allows(origin), err
}

// PageAllowed reports whether the browser of a project's user may be sent to a
// page.
func (s *Service) PageAllowed(ctx context.Context, projectID, target string) (bool, error) {
	o, err := s.Origins(ctx, projectID)
	return o.AllowsURL(target), err
}

// OriginsOfKey answers the origins of the project of a publishable key; a key
// that is not one is Unauthorized.
func (s *Service) OriginsOfKey(ctx context.Context, publishableKey string) (Origins, error) {
	caller, err := s.byKey(ctx, publishableKey)
	if err != nil {
		return Origins{}, err
	}
	if caller.Kind != Publishable {
		return Origins{}, fault.New(fault.Unauthorized, "this needs a publishable key (pk_…)")
	}
	return s.Origins(ctx, caller.ProjectID)
}

// maxOrigins keeps the header that names them all within what browsers and
// proxies take.
const maxOrigins = 50

// SetAllowedOrigins replaces the origins that may use a project's publishable
// keys.
func (s *Service) SetAllowedOrigins(ctx context.Context, projectID string, origins []string) (Project, error) {
	if len(origins) > maxOrigins {
		return Project{}, fault.Field("allowedOrigins", nil, "may have %d entries, has %d", maxOrigins, len(origins))
	}
	var listed []string
	for _, origin := range origins {
		tidy, err := tidyOrigin(origin)
		if err != nil {
			return Project{}, err
		}
		if !slices.Contains(listed, tidy) {
			listed = append(listed, tidy)
		}
	}
	return s.Store.UpdateProject(ctx, projectID, func(p Project) (Project, error) {
		p.AllowedOrigins = listed
		return p, nil
	})
}

// tidyOrigin writes an origin as browsers do: lower case, without the port that
// its scheme has anyway.
func tidyOrigin(origin string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(origin), "/"))
	if err != nil || !isOrigin(u) || u.Hostname() == "" || strings.ContainsAny(u.Host, "*;, '\"") {
		return "", fault.Field("allowedOrigins", nil, "must be origins such as https://game.example, one is %q", origin)
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	default:
		return "", fault.Field("allowedOrigins", nil, "must start with https:// or http://, one is %q", origin)
	}
	return scheme + "://" + host, nil
}
