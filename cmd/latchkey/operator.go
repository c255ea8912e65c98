package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/latchkey-dev/latchkey/internal/console"
	"github.com/latchkey-dev/latchkey/internal/operator"
	"github.com/latchkey-dev/latchkey/internal/store"
)

// operatorCommand changes who may use the dashboard, for those who reach the
// database and perhaps no longer the dashboard.
type operatorCommand struct {
	List    operatorListCommand    `cmd:"" help:"List who may use the dashboard."`
	Add     operatorAddCommand     `cmd:"" help:"Add an operator and print a link that signs them in once."`
	Link    operatorLinkCommand    `cmd:"" help:"Print a new link that signs an operator in once, within a day."`
	Role    operatorRoleCommand    `cmd:"" help:"Change what an operator may do."`
	Disable operatorDisableCommand `cmd:"" help:"End an operator's access and their sessions."`
	Enable  operatorEnableCommand  `cmd:"" help:"Let a disabled operator sign in again."`
}

// databaseFlags name the database as serve does. The server may go on running
// beside these commands.
type databaseFlags struct {
	Data     string `default:".latchkey" help:"Folder of the SQLite database, when --database is not given." env:"LATCHKEY_DATA"`
	Database string `help:"The server's database: sqlite:PATH or postgres://…" env:"LATCHKEY_DATABASE"`
	JSON     bool   `name:"json" help:"Print one line of JSON an operator."`
}

// linkFlags say where the dashboard answers.
type linkFlags struct {
	ConsoleURL string `name:"console-url" default:"http://127.0.0.1:8080" help:"Where operators reach the dashboard, for links." env:"LATCHKEY_CONSOLE_URL"`
}

func (f linkFlags) link(token string) string {
	return strings.TrimRight(f.ConsoleURL, "/") + console.LinkPath(token)
}

// with opens the database of an installation; one that is not there yet is a
// mistake in the path, and is not made.
func (f databaseFlags) with(ctx context.Context, do func(operators *operator.Service) error) error {
	url := f.Database
	if url == "" {
		url = "sqlite:" + filepath.Join(f.Data, "latchkey.db")
	}
	at, err := store.Locate(url)
	if err != nil {
		return err
	}
	if at.File != "" {
		if _, err := os.Stat(at.File); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no database %s: name the server's own with --database, or its folder with --data", at.File)
		}
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(do(&operator.Service{Store: db, Now: time.Now}), db.Close())
}

// commandLine is who the audit log names for these commands.
const commandLine = "command line"

// change makes an operator's change, between the two writes of its audit entry.
// before is nil for a creation.
func change(ctx context.Context, operators *operator.Service, action string, before *operator.Operator, do func() (operator.Operator, error)) (operator.Operator, error) {
	entry := operator.Entry{OperatorName: commandLine, Action: action}
	if before != nil {
		entry.Subject = before.ID
	}
	entry, err := operators.Begin(ctx, entry)
	if err != nil {
		return operator.Operator{}, err
	}
	var was, is any
	if before != nil {
		was = before.Logged()
	}
	changed, err := do()
	outcome := operator.OutcomeDone
	if err == nil {
		entry.Subject, is = changed.ID, changed.Logged()
	} else {
		outcome, is = err.Error(), was
	}
	return changed, errors.Join(err, operators.Finish(ctx, entry, was, is, outcome))
}

// operatorInfo is what is printed of an operator.
type operatorInfo struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Role     operator.Role `json:"role"`
	Disabled bool          `json:"disabled"`
	SeenAt   *time.Time    `json:"seenAt,omitempty"`
	Link     string        `json:"link,omitempty"`
}

func infoOf(o operator.Operator) operatorInfo {
	return operatorInfo{ID: o.ID, Name: o.Name, Role: o.Role, Disabled: o.DisabledAt != nil, SeenAt: o.SeenAt}
}

// print writes JSON, or says in words what was done.
func (f databaseFlags) print(info operatorInfo, words string) error {
	if f.JSON {
		return json.NewEncoder(os.Stdout).Encode(info)
	}
	_, err := fmt.Println(words)
	return err
}

type operatorListCommand struct{ databaseFlags }

// Run prints a table, or one line of JSON an operator.
func (c operatorListCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(operators *operator.Service) error {
		all, err := operators.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			for _, o := range all {
				if err := c.print(infoOf(o), ""); err != nil {
					return err
				}
			}
			return nil
		}
		if len(all) == 0 {
			fmt.Println("No operators. Add one with: latchkey operator add NAME --role admin")
			return nil
		}
		return writeOperators(os.Stdout, all)
	})
}

func writeOperators(out io.Writer, all []operator.Operator) error {
	t := table{paint: painter(out)}
	t.add(header("name"), header("role"), header("last sign-in"), header("id"))
	for _, o := range all {
		seen, role := "never", string(o.Role)
		if o.SeenAt != nil {
			seen = o.SeenAt.Local().Format(time.DateTime)
		}
		if o.DisabledAt != nil {
			role += ", disabled"
		}
		t.add(plain(o.Name), plain(role), plain(seen), plain(o.ID))
	}
	return t.write(out)
}

type operatorAddCommand struct {
	Name string        `arg:"" help:"What they sign in with."`
	Role operator.Role `default:"viewer" help:"viewer, operator or admin."`
	databaseFlags
	linkFlags
}

// Run adds an operator.
func (c operatorAddCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(operators *operator.Service) error {
		o, err := change(ctx, operators, "operator.create", nil, func() (operator.Operator, error) {
			return operators.Create(ctx, c.Name, c.Role)
		})
		if err != nil {
			return err
		}
		return printLink(ctx, operators, c.databaseFlags, c.linkFlags, o)
	})
}

type operatorLinkCommand struct {
	Name string `arg:"" help:"Name of the operator."`
	databaseFlags
	linkFlags
}

// Run makes a link.
func (c operatorLinkCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(operators *operator.Service) error {
		o, err := operators.ByName(ctx, c.Name)
		if err != nil {
			return err
		}
		if o.DisabledAt != nil {
			return fmt.Errorf("operator %s is disabled, so a link would not sign them in: latchkey operator enable %s", o.Name, o.Name)
		}
		return printLink(ctx, operators, c.databaseFlags, c.linkFlags, o)
	})
}

func printLink(ctx context.Context, operators *operator.Service, f databaseFlags, l linkFlags, o operator.Operator) error {
	info := infoOf(o)
	_, err := change(ctx, operators, "operator.new-link", &o, func() (operator.Operator, error) {
		token, err := operators.NewLink(ctx, o.ID)
		info.Link = l.link(token)
		return o, err
	})
	if err != nil {
		return err
	}
	return f.print(info, fmt.Sprintf("This link signs %s in once, within a day, as %s:\n\n  %s", o.Name, o.Role, info.Link))
}

type operatorRoleCommand struct {
	Name string        `arg:"" help:"Name of the operator."`
	Role operator.Role `arg:"" help:"viewer, operator or admin."`
	databaseFlags
}

// Run changes a role.
func (c operatorRoleCommand) Run(ctx context.Context) error {
	return c.update(ctx, c.Name, "operator.set-role", "%s is "+string(c.Role)+" now.", func(operators *operator.Service, id string) (operator.Operator, error) {
		return operators.SetRole(ctx, id, c.Role)
	})
}

type operatorDisableCommand struct {
	Name string `arg:"" help:"Name of the operator."`
	databaseFlags
}

// Run ends an operator's access.
func (c operatorDisableCommand) Run(ctx context.Context) error {
	return c.update(ctx, c.Name, "operator.disable", "%s can no longer sign in.", func(operators *operator.Service, id string) (operator.Operator, error) {
		return operators.SetDisabled(ctx, id, true)
	})
}

type operatorEnableCommand struct {
	Name string `arg:"" help:"Name of the operator."`
	databaseFlags
}

// Run gives an operator's access back.
func (c operatorEnableCommand) Run(ctx context.Context) error {
	return c.update(ctx, c.Name, "operator.enable", "%s can sign in again.", func(operators *operator.Service, id string) (operator.Operator, error) {
		return operators.SetDisabled(ctx, id, false)
	})
}

// update changes the operator of a name; words has a place for the name.
func (f databaseFlags) update(ctx context.Context, name, action, words string, do func(operators *operator.Service, id string) (operator.Operator, error)) error {
	return f.with(ctx, func(operators *operator.Service) error {
		before, err := operators.ByName(ctx, name)
		if err != nil {
			return err
		}
		after, err := change(ctx, operators, action, &before, func() (operator.Operator, error) { return do(operators, before.ID) })
		if err != nil {
			return err
		}
		return f.print(infoOf(after), fmt.Sprintf(words, after.Name))
	})
}
