package user

import (
	"context"
	"time"

	"github.com/latchkey-dev/latchkey/internal/id"
	"github.com/latchkey-dev/latchkey/internal/page"
	"github.com/latchkey-dev/latchkey/internal/player"
)

// Service signs users up and in. Its fields are set once, before the first
// call; all are required but Vault.
type Service struct {
	Store     Store
	Players   Players
	Passwords *Passwords
	Services  *Services
	Mail      Mailer
	Pages     Pages
	Vault     Vault         // for the secrets of ways in; nil keeps them in plain text
	BaseURL   func() string // of this server, as users' browsers reach it
	Now       func() time.Time
	// Development lets services be asked in plain text.
	Development bool
}

// Players makes the players that users are.
type Players interface {
	New(projectID string) player.Player // unsaved
}

// now is the time to store: what the store would round is cut off here, so that
// every answer shows the same.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// newUser answers an unsaved user with the player that it is.
func (s *Service) newUser(projectID string, u User) SignUp {
	p := s.Players.New(projectID)
	p.Name = u.Name
	u.ID, u.ProjectID, u.CreatedAt, u.UpdatedAt = p.ID, projectID, p.CreatedAt, p.UpdatedAt
	return SignUp{User: u, Player: p}
}

// with adds a way in to an unsaved user.
func (n SignUp) with(provider Provider, subject, secret string, d Details) SignUp {
	n.Identities = append(n.Identities, Identity{
		ID:        id.New(id.Identity),
		ProjectID: n.User.ProjectID,
		UserID:    n.User.ID,
		Provider:  provider,
		Subject:   subject,
		Secret:    secret,
		Details:   d,
		CreatedAt: n.User.CreatedAt,
		UpdatedAt: n.User.UpdatedAt,
	})
	return n
}

// guestName is what the official API calls guests.
const guestName = "Anonymous"

// SignUpGuest makes a user that nothing is known of. Its only way in is the
// login that it gets here.
func (s *Service) SignUpGuest(ctx context.Context, projectID string, c Client) (Entry, error) {
	if err := s.from(ctx, projectID, c); err != nil {
		return Entry{}, err
	}
	n := s.newUser(projectID, User{Name: guestName, Anonymous: true})
	if err := s.Store.CreateUser(ctx, n); err != nil {
		return Entry{}, err
	}
	return s.enter(ctx, n.User, c)
}

// Identities answers the ways in of users, oldest first.
func (s *Service) Identities(ctx context.Context, projectID string, userIDs ...string) (map[string][]Identity, error) {
	all, err := s.Store.Identities(ctx, projectID, userIDs...)
	ways := make(map[string][]Identity)
	for _, i := range all {
		ways[i.UserID] = append(ways[i.UserID], i)
	}
	return ways, err
}

// Forget deletes what has ended: logins, challenges, counts of attempts.
func (s *Service) Forget(ctx context.Context) error {
	now := s.now()
	return s.Store.ForgetLogins(ctx, now, now.Add(-24*time.Hour))
}

// Get answers one user.
func (s *Service) Get(ctx context.Context, projectID, userID string) (User, error) {
	return s.Store.User(ctx, projectID, userID)
}

// List answers one page of a project's users.
func (s *Service) List(ctx context.Context, projectID string, f Filter, req page.Request) (page.Page[User], error) {
	return s.Store.Users(ctx, projectID, f, req)
}
