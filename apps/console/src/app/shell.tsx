import { AppShell, Group, Menu, NavLink, Text, UnstyledButton } from '@mantine/core';
import {
  IconBolt,
  IconCalendarMonth,
  IconCoinEuro,
  IconDots,
  IconFlask,
  IconHome,
  IconMail,
  IconReceipt2,
  IconUsers,
} from '@tabler/icons-react';
import { NavLink as RouterNavLink, Outlet, useLocation } from 'react-router';

import { LiveFeed } from '../live/live-feed.js';
import { LiveIndicator } from '../live/live-indicator.js';
import { ActionDialogProvider } from '../parts/action-dialog.js';
import { Mark } from '../parts/mark.js';
import { useWords } from '../texts/language.js';
import { labelIn } from '../wording/label.js';
import { LanguageSwitch, SchemeSwitch, UserMenu } from './header-tools.js';
import { NotFound } from './lost.js';
import { isIn, mayEnter, roomPath, roomsOf, type RoomName } from './rooms.js';
import { useSession } from './session.js';

import classes from './shell.module.css';

const ICONS: Record<RoomName, typeof IconBolt> = {
  months: IconCalendarMonth,
  installations: IconBolt,
  customers: IconUsers,
  tariffs: IconReceipt2,
  money: IconCoinEuro,
  mails: IconMail,
  'my-months': IconHome,
  'my-money': IconCoinEuro,
};

/** The frame around every room: where one is, whether it is live, who one is. */
export function Shell() {
  const { user, labels } = useSession();
  const { t, language } = useWords();
  const { pathname } = useLocation();
  const rooms = roomsOf(user);
  const sideBySide = rooms.length > 1;

  return (
    <LiveFeed>
      <ActionDialogProvider>
        <a href="#main" className="cz-skip">
          {t('app.skip')}
        </a>
        <AppShell
          header={{ height: 56 }}
          padding={0}
          {...(sideBySide && {
            navbar: { width: 216, breakpoint: 'sm', collapsed: { mobile: true } },
            footer: { height: { base: 60, sm: 0 } },
          })}
        >
          <AppShell.Header className={classes.header}>
            <Mark />
            <Group gap={6} wrap="nowrap">
              <LiveIndicator />
              <LanguageSwitch />
              <SchemeSwitch />
              <UserMenu />
            </Group>
          </AppShell.Header>
          {sideBySide && (
            <>
              <AppShell.Navbar className={classes.navbar} aria-label={t('app.nav')}>
                <SideNavigation rooms={rooms} />
              </AppShell.Navbar>
              <AppShell.Footer className={classes.footer} hiddenFrom="sm">
                <BottomNavigation rooms={rooms} />
              </AppShell.Footer>
            </>
          )}
          <AppShell.Main id="main" tabIndex={-1} className={classes.main} data-side={sideBySide}>
            {labels.stripe !== null && (
              <div className={classes.label} data-testid="stripe-label">
                <IconFlask size={16} aria-hidden />
                <Text size="sm" fw={550}>
                  {labelIn(language, labels.stripe)}
                </Text>
              </div>
            )}
            <div className={classes.page}>{mayEnter(user, pathname) ? <Outlet /> : <NotFound />}</div>
          </AppShell.Main>
        </AppShell>
      </ActionDialogProvider>
    </LiveFeed>
  );
}

function SideNavigation({ rooms }: { readonly rooms: readonly RoomName[] }) {
  const { t } = useWords();
  const { user } = useSession();
  const { pathname } = useLocation();
  return rooms.map((room) => {
    const Icon = ICONS[room];
    const to = roomPath(room, user);
    return (
      <NavLink
        key={room}
        component={RouterNavLink}
        to={to}
        label={t(`nav.${room}`)}
        leftSection={<Icon size={19} stroke={1.7} aria-hidden />}
        active={isIn(room, user, pathname)}
        className={classes.link ?? ''}
      />
    );
  });
}

/** So many labels fit side by side on a phone. */
const UNDER_THE_THUMB = 5;

/** On a phone the rooms are under the thumb; those that do not fit are behind the last one. */
function BottomNavigation({ rooms }: { readonly rooms: readonly RoomName[] }) {
  const { t } = useWords();
  const { user } = useSession();
  const { pathname } = useLocation();
  const shown = rooms.length > UNDER_THE_THUMB ? rooms.slice(0, UNDER_THE_THUMB - 1) : rooms;
  const more = rooms.slice(shown.length);
  const isMore = more.some((room) => isIn(room, user, pathname));
  return (
    <nav className={classes.bottom} aria-label={t('app.nav')}>
      {shown.map((room) => {
        const Icon = ICONS[room];
        return (
          <UnstyledButton
            key={room}
            component={RouterNavLink}
            to={roomPath(room, user)}
            className={classes.thumb ?? ''}
          >
            <Icon size={22} stroke={1.7} aria-hidden />
            <span>{t(`nav.${room}`)}</span>
          </UnstyledButton>
        );
      })}
      {more.length > 0 && (
        <Menu position="top-end" width={200}>
          <Menu.Target>
            <UnstyledButton className={classes.thumb ?? ''} data-current={isMore}>
              <IconDots size={22} stroke={1.7} aria-hidden />
              <span>{t('nav.more')}</span>
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            {more.map((room) => {
              const Icon = ICONS[room];
              return (
                <Menu.Item
                  key={room}
                  component={RouterNavLink}
                  to={roomPath(room, user)}
                  leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                >
                  {t(`nav.${room}`)}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      )}
    </nav>
  );
}
