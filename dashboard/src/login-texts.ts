/** Texts of the login. Part of `texts.ts`. */
export const loginTexts = {
  title: 'Log in',
  what: 'This server asks for a password.',
  password: 'Password',
  enter: 'Log in',
  busy: 'Logging in …',
  wrong: 'That is not the password.',
  lockedOut: (duration: string) => `There were too many wrong passwords from here. Try again in ${duration}.`,
  tryNow: 'You can try again now.',
  out: 'Log out',
  noPassword:
    'No password is set, so nobody can log in here: there are only tokens, which are for programs. Set one on the server with: alphaess-local password',
} as const;
