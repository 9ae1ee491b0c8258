/** Texts of the login. Part of `texts.ts`. */
export const loginTexts = {
  title: 'Log in',
  what: 'This server asks for a password.',
  password: 'Password',
  enter: 'Log in',
  busy: 'Logging in …',
  wrong: 'That is not the password.',
  lockedOut: (duration: string) => `There were too many wrong ones from here. Try again in ${duration}.`,
  tryNow: 'You can try again now.',
  out: 'Log out',
  noPassword:
    'No password is set, so nobody can log in here; tokens are for programs. Set one on the server with: alphaess-local password',
} as const;

/** Texts of the first start. Part of `texts.ts`. */
export const setUpTexts = {
  title: 'Set a password',
  what: 'This server is new and has no password yet. The code is in its log; without the log, set one with: alphaess-local password',
  code: 'Code from the log',
  password: 'New password, at least 8 characters',
  enter: 'Set the password',
  busy: 'Setting it …',
  wrong: 'That is not the code.',
} as const;
