import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The colour of the mark: deep water green. Shade 7 carries white text at 4.5:1 and more. */
const mar: MantineColorsTuple = [
  '#ecfaf7',
  '#d5f2ec',
  '#a9e4d8',
  '#79d4c3',
  '#4fc3ae',
  '#2bb09a',
  '#179883',
  '#0d7c6c',
  '#0a6558',
  '#064a41',
];

/** A dark room with a little blue in it, so that green and amber keep their meaning. */
const dark: MantineColorsTuple = [
  '#dfe4ea',
  '#b9c1cb',
  '#939dab',
  '#6c7786',
  '#434c59',
  '#343c47',
  '#252b34',
  '#1a1f26',
  '#14181e',
  '#0e1115',
];

export const theme = createTheme({
  primaryColor: 'mar',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  colors: { mar, dark },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.625rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Card: { defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } },
    Badge: {
      defaultProps: { variant: 'light', radius: 'sm' },
      styles: { root: { maxWidth: 'none', flex: 'none' }, label: { textTransform: 'none', overflow: 'visible' } },
    },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 280 } },
    Modal: { defaultProps: { centered: true, radius: 'lg' } },
  },
});

/** One colour per tariff band, wherever it is drawn: warm where energy is dear, cool where it is cheap. */
const BAND_COLOURS: Readonly<Record<string, string>> = {
  ponta: '#e8590c',
  cheias: '#f2b134',
  'fora-de-vazio': '#f2b134',
  'vazio-normal': '#3aa6a0',
  vazio: '#3aa6a0',
  'super-vazio': '#4c6ef5',
  simples: '#3aa6a0',
  punta: '#e8590c',
  llano: '#f2b134',
  valle: '#3aa6a0',
  unico: '#3aa6a0',
  dag: '#f2b134',
  natt: '#4c6ef5',
  dogn: '#3aa6a0',
};
/** For the bands of calendars that staff added: apart from those above and from one another. */
const MORE_COLOURS = ['#9c36b5', '#74b816', '#c2255c', '#1098ad', '#866118'];

/** The colour of a band; one that nobody has named here has always the same of the others. */
export function bandColour(band: string): string {
  const known = BAND_COLOURS[band];
  if (known !== undefined) return known;
  let sum = 0;
  for (const letter of band) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return MORE_COLOURS[sum % MORE_COLOURS.length] ?? '#868e96';
}
