"""What a web page needs besides its blocks: its main text, its furniture, notes, links, pictures and title."""
