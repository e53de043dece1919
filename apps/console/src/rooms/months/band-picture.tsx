import { Text, Tooltip } from '@mantine/core';
import type { CSSProperties } from 'react';

import type { BandTotal } from '#apps/backoffice/api-types.js';

import { bandColour } from '../../app/theme.js';
import { formatPermyriad } from '../../format/numbers.js';
import { useWords } from '../../texts/language.js';
import { bandName, inBandOrder, shareOf } from '../../wording/bands.js';

import classes from './month.module.css';

/** When the month's energy was used, as one bar from the cheapest band to the dearest, and what each is worth. */
export function BandPicture({ bands, currency }: { readonly bands: readonly BandTotal[]; readonly currency: string }) {
  const { t, kWh, money, language } = useWords();
  const shown = inBandOrder(bands).filter(({ wh }) => wh !== 0);
  const totalWh = shown.reduce((sum, { wh }) => sum + Math.max(0, wh), 0);
  if (totalWh === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('month.band-picture.empty')}
      </Text>
    );
  }
  const shareText = (wh: number, whole: number): string => {
    const share = shareOf(wh, whole);
    return share === 0 ? `< ${formatPermyriad(100, language)}` : formatPermyriad(share, language);
  };
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {shown
          .filter(({ wh }) => wh > 0)
          .map(({ band, label, wh }) => (
            <Tooltip key={band} label={`${bandName(t, band, label)}: ${kWh(wh, 1)}`}>
              <div className={classes.part} style={{ flex: wh, background: bandColour(band) }} />
            </Tooltip>
          ))}
      </div>
      <dl className={classes.legend} data-testid="bands">
        {shown.map(({ band, label, wh, cents }) => (
          <div key={band} style={{ '--colour': bandColour(band) } as CSSProperties}>
            <dt>{bandName(t, band, label)}</dt>
            <dd>{kWh(wh, 1)}</dd>
            <dd className={classes.legendNote}>
              {shareText(wh, totalWh)} · {money(cents, currency)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
