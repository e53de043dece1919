import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { CardList } from '../cards/card-list.js';

/** The cards of a customer. */
export function CustomerCards({ customerId }: { readonly customerId: string }) {
  const { t } = useWords();
  return (
    <div style={{ marginTop: 20, marginBottom: 20 }}>
      <Section title={t('cards.title')}>
        <CardList installation={null} customer={customerId} q={null} />
      </Section>
    </div>
  );
}
