-- Web origins that may use a project's publishable keys.

-- +goose Up
ALTER TABLE projects ADD COLUMN allowed_origins TEXT;
