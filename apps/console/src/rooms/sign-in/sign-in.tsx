import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';

import type { Session, SignIn as Credentials } from '#apps/backoffice/api-types.js';

import { ApiError } from '../../api/problem.js';
import { forgetAll, sessionQuery } from '../../api/queries.js';
import { read, write } from '../../api/request.js';
import { LanguageSwitch, SchemeSwitch } from '../../app/header-tools.js';
import { errorWords } from '../../parts/error-words.js';
import { MarkSign } from '../../parts/mark.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';

import classes from './sign-in.module.css';

const SUPPORT = 'suporte@chazemo.com';

function refusalText(words: Pick<Words, 't' | 'language'>, error: unknown): string {
  const { t } = words;
  if (error instanceof ApiError && error.status === 401) return t('sign-in.wrong');
  if (error instanceof ApiError && error.status === 429) return t('sign-in.too-many');
  return errorWords(words, error).text;
}

export function SignIn() {
  const { t } = useWords();
  useEffect(() => {
    document.title = `${t('sign-in.title')} · ChaZeMo`;
  }, [t]);
  return (
    <div className={classes.page}>
      <div className={classes.tools}>
        <LanguageSwitch />
        <SchemeSwitch />
      </div>
      <aside className={classes.picture}>
        <div className={classes.words}>
          <MarkSign size={44} />
          <p className={classes.lead}>{t('sign-in.lead')}</p>
          <p className={classes.about}>{t('sign-in.about')}</p>
        </div>
        <DayCurve />
      </aside>
      <main className={classes.side}>
        <SignInForm />
      </main>
    </div>
  );
}

function SignInForm() {
  const words = useWords();
  const { t } = words;
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [incomplete, setIncomplete] = useState(false);

  const signIn = useMutation({
    mutationFn: async (credentials: Credentials) => {
      await write('POST', '/session', credentials);
      return read<Session>('/session');
    },
    onSuccess: (session) => {
      forgetAll(client);
      client.setQueryData(sessionQuery.queryKey, session);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const missing = email.trim() === '' || password === '';
    setIncomplete(missing);
    if (!missing) signIn.mutate({ email: email.trim(), password });
  };
  const refusal = incomplete ? t('sign-in.missing') : signIn.isError ? refusalText(words, signIn.error) : null;

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Title order={1} mb="lg">
        {t('sign-in.title')}
      </Title>
      <Stack gap="md">
        <TextInput
          label={t('sign-in.email')}
          type="email"
          name="email"
          autoComplete="username"
          size="md"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={incomplete && email.trim() === ''}
        />
        <PasswordInput
          label={t('sign-in.password')}
          name="password"
          autoComplete="current-password"
          size="md"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={incomplete && password === ''}
          visibilityToggleButtonProps={{ 'aria-hidden': true }}
        />
        {refusal !== null && (
          <Alert color="red" icon={<IconAlertTriangle />} role="alert">
            {refusal}
          </Alert>
        )}
        <Button type="submit" size="md" loading={signIn.isPending} fullWidth>
          {t('sign-in.submit')}
        </Button>
      </Stack>
      <Text size="sm" c="dimmed" mt="xl">
        {t('sign-in.help', { email: SUPPORT })}
      </Text>
    </form>
  );
}

/** A winter week day's tariff bands from midnight to midnight, as a skyline: height is the price. */
const HOURS = [2, 1, 1, 1, 1, 1, 2, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3] as const;
const HEIGHTS = { 1: 34, 2: 58, 3: 104, 4: 150 } as const;

function DayCurve() {
  return (
    <svg className={classes.curve} viewBox="0 0 480 170" preserveAspectRatio="none" aria-hidden>
      {HOURS.map((level, hour) => (
        <rect
          // oxlint-disable-next-line react/no-array-index-key -- the index is the hour
          key={hour}
          x={hour * 20 + 2}
          y={170 - HEIGHTS[level]}
          width={16}
          height={HEIGHTS[level] + 10}
          rx={4}
          className={classes[`level${level}`]}
        />
      ))}
    </svg>
  );
}
