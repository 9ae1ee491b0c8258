/** Texts of the battery's configuration. Part of `texts.ts`, apart since only the view of the battery needs them. */
export const settingTexts = {
  /** In the order in which they stand. */
  groups: {
    charging: 'Charging and discharging',
    plant: 'What is fitted',
    grid: 'Grid and protection',
    generator: 'Generator',
    contacts: 'Dry contacts',
    versions: 'Versions',
    more: 'More',
  },
  unused: (count: number) => `Not used (${count})`,
  window: (title: string) => title.replace(/, start$/, ''),
  noWindow: 'none',
} as const;
