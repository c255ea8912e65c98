package user

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Vault encrypts for one place what the database keeps.
type Vault interface {
	Seal(secret []byte, place string) []byte
	Open(sealed []byte, place string) ([]byte, error)
}

// sealedMark starts a setting that is encrypted.
const sealedMark = "sealed:"

// secrets are the settings that let their holder act as the project.
func (in *Settings) secrets() map[string]*string {
	return map[string]*string{"headers": &in.Headers, "key": &in.Key, "clientSecret": &in.ClientSecret}
}

func (c Config) place(setting string) string {
	return setting + " of the way in " + c.Name + " of " + c.ProjectID
}

// seal encrypts the secrets of a way in. Without a vault they stay as they are.
func (s *Service) seal(c Config) Config {
	if s.Vault == nil {
		return c
	}
	for name, setting := range c.Settings.secrets() {
		if *setting != "" {
			*setting = sealedMark + base64.StdEncoding.EncodeToString(s.Vault.Seal([]byte(*setting), c.place(name)))
		}
	}
	return c
}

// unseal decrypts the secrets of a way in. Those that were kept before there was
// a vault are readable as they are.
func (s *Service) unseal(c Config) (Config, error) {
	for name, setting := range c.Settings.secrets() {
		text, sealed := strings.CutPrefix(*setting, sealedMark)
		if !sealed {
			continue
		}
		if s.Vault == nil {
			return Config{}, fmt.Errorf("read %s: it is encrypted, and no encryption key was given", c.place(name))
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return Config{}, fmt.Errorf("read %s: %w", c.place(name), err)
		}
		secret, err := s.Vault.Open(raw, c.place(name))
		if err != nil {
			return Config{}, fmt.Errorf("read %s: %w", c.place(name), err)
		}
		*setting = string(secret)
	}
	return c, nil
}
