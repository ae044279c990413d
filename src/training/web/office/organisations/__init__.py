"""The staff's pages of organisations: who they are, whom to write to, who pays and how."""
