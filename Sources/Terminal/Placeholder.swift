internal import Console
