/// What the screens look like in 80 by 24 columns and rows.
enum Golden80x24 {
    static let pictures: [Picture: String] = [
        .dashboard: """
         payments                     alice (account, bastion-1)   operator   14:02 UTC
         ENV      SLOT   DIGEST             RELEASE       HEALTH      AGE  STATE
        >testing  -      A sha256:19f9bb99  v2.31.0-rc.2  + healthy   13m  evidence 2/2
         staging  -      A sha256:19f9bb99  v2.31.0-rc.2  + healthy   10m  ~ soak 9/10m
         prod     blue   B sha256:65f9a599  v2.30.1       + healthy    4d  o idle, warm
                  green  C sha256:a62b8a14  v2.30.3       + healthy    4d  * LIVE 100 %
         ------------------------------------------------------------------------------
         NEXT      A v2.31.0-rc.2 has evidence in staging; prod runs C
         BLOCKED   prod: soak in staging: 9m58s of 10m, ends 14:02  (x why)
         ROLLBACK  C -> B v2.30.1 in blue: warm, seconds, proved 14:02              (R)
         POINTERS  testing staging prod prod-blue prod-green name what runs, seen 14:02
         LEASE     free                         VETO  none
         ------------------------------------------------------------------------------
         13:52  alice  promotion 2    A v2.31.0-rc.2  testing -> staging  + succeeded
         13:49  alice  promotion 1    A v2.31.0-rc.2  testing             + succeeded








         p plan  R rollback  l live  h history  d release  / filter  ? help  q back
        """,
        .plan: """
         PLAN  payments  staging -> prod   plan 6e9b90c9                      14:04 UTC
         FROM   staging    A sha256:19f9bb994ab5be14...8d09  v2.31.0-rc.2  3a2865c
         TO     prod/blue      replaces B there; then traffic 100 % green -> blue
         LIVE   prod/green     C sha256:a62b8a1442df  v2.30.3      stays warm
         GATES  + evidence: staging: 2 of 2 at 13:52
                + soak: 10m in staging              + veto: none in prod
                + lease: free, taken at the start   + target: observed at 14:04:00
                + platform: linux/amd64             + live: green is healthy now
         STEPS  1 prepare      lease, digest again, A/A check of green
                2 deploy idle  blue runs it
                3 verify idle  3 checks
                4 switch       green -> blue, one change: the commit point
                5 verify live  3 checks
                6 bake         10 min, green warm
                then pointer tags prod-blue and prod name it, and v2.31.0 is set
                before 4 it waits for a person: S switches
         UNDO   by itself if a gate fails after the commit point; R at any time





         Type the first 4 characters of the digest to promote:  [19__]
         (y promote)  v what will run  (D differences)  R rollback  ? help  q back
        """,
        .live: """
         LIVE  promotion 3  payments  A v2.31.0-rc.2 -> prod/blue             14:04 UTC
         by alice   plan ec411381   lease bastion-1, fence 303         ~ verifying idle
         + 1 prepare  2s           ~ 3 verify idle  1 of 3   . 5 verify live
         + 2 deploy idle  800 ms   . 4 switch                . 6 bake 10 min
         ------------------------------------------------------------------------------
         14:04:03  + running digest    pass 2 of 2     runs 19f9bb99  equal
         14:04:04  ~ http /health      pass 2 of 5     38 ms          200 within 250 ms
         --:--:--  . smoke cart        not yet                        exit 0
         ----------------------------------------------------------------- following --
         14:04:00  . promotion started   19f9bb99 to prod/blue
         14:04:00  + lease taken         fence 303
         14:04:00  + image ready         done
         14:04:01  + running digest      pass  runs 19f9bb99
         14:04:01  + http /health        pass  38 ms
         14:04:02  + smoke cart          pass  38 ms
         14:04:02  + slot running        done
         14:04:02  + pointer moved       done
         14:04:03  + running digest      pass  runs 19f9bb99
         14:04:03  + running digest      pass  runs 19f9bb99
         14:04:04  + http /health        pass  38 ms
         14:04:04  + http /health        pass  38 ms


         s follow  f failures  (S go on)  a abort  R rollback  x why  ? help  q back
        """,
        .rollback: """
         payments                     alice (account, bastion-1)   operator   14:02 UTC
         ENV      SLOT   DIGEST             RELEASE       HEALTH      AGE  STATE
        >testing  -      A sha256:19f9bb99  v2.31.0-rc.2  + healthy   13m  evidence 2/2
         staging  -      A sha256:19f9bb99  v2.31.0-rc.2  + healthy   10m  ~ soak 9/10m
         prod     blue   B sha256:65f9a599  v2.30.1       + healthy    4d  o idle, warm
        +------------------------- ROLL BACK  payments prod --------------------------+
        |  from    green   C sha256:a62b8a14  v2.30.3                                 |
        |  to      blue    B sha256:65f9a599  v2.30.1                                 |
        |  proof   + warm: the slot runs it and answers, 14:02                        |
        |  effect  traffic only, seconds; the release that goes gets a veto           |
        |               y  roll back now                    Esc  leave                |
        +-----------------------------------------------------------------------------+
         ------------------------------------------------------------------------------
         13:52  alice  promotion 2    A v2.31.0-rc.2  testing -> staging  + succeeded
         13:49  alice  promotion 1    A v2.31.0-rc.2  testing             + succeeded








         y do it  Esc leave  R rollback
        """,
        .help: """
         HELP  service                alice (account, bastion-1)   operator   14:02 UTC
         (...) = not possible now, and why
         MOVE                LOOK                 ACT
         j Down  down        x       why          p       plan the row's next step
         k Up    up          c       copy digest  d Enter the row's release
         g Home  top         C       copy refere~ l       running or last promotion
         G End   end         t       time         h       the history
         PgDn    page        Z       freeze       L       (lease: not in this version)
         PgUp    page        r       reload       R       rollback sheet, any view
         Tab     pane        ?       help
         /       filter      Esc     leave
         n       (next: the~ q       back
         N       (previous:~ Q       quit
         :       command     Ctrl-c  cancel
                             Ctrl-l  repaint
                             1       fleet
                             2       service
                             3       live
                             4       history
                             5       release
                             6       (approvals:~
                             7       (retention:~

         R rollback  / filter  : command  x why  ? help  q back
        """,
        .release: """
         RELEASE  v2.31.0-rc.2        alice (account, bastion-1)   operator   14:02 UTC
         sha256:19f9bb994ab5be142a6675fb53517f6b42602228f35afecfa701ced005258d09
         A  v2.31.0-rc.2  of registry.example:5000/shop/payments
         [Provenance]  Where  Tags  Evidence
         provenance     + signature: release (f88be493)
                        + attestation https://slsa.dev/provenance/v1: release
                        (f88be493)
                        x attestation https://cyclonedx.org/bom: invalid: it was signed
                        by none of release, or was altered since
                        ? paper: not verified: a notation signature is not read by this
                        version
         passport       + testing -> staging/main 2026-08-24 13:53 promotion 141 by
                        alice, 1 check

         where          testing          13m   evidence 2/2
                        staging          10m   ~ soak 9/10m

         release tags   v2.31.0-rc.2
         pointer tags   staging   testing
         digest set     index 19f9bb99   linux/amd64 a2ad8792
         signed         + release (f88be493)
         revision       3a2865c094568dbf94f55686ffe9f69907e5848a

         p plan  R rollback  h history  / filter  : command  x why  ? help  q back
        """,
        .differences: """
         PLAN  payments  staging -> prod   plan 6e9b90c9                      14:04 UTC
         FROM   staging    A sha256:19f9bb994ab5be14...8d09  v2.31.0-rc.2  3a2865c
         TO     prod/blue      replaces B there; then traffic 100 % green -> blue
         LIVE   prod/green     C sha256:a62b8a1442df  v2.30.3      stays warm
         CHANGE 2 labels, user, 2 variables, 1 of 2 layers new (2.4 MB), +300 kB
                  revision: e0516f9c718d -> 3a2865c09456
                  user: app -> 65532
                  variable LOG changed (values are never shown)
                  variable TOKEN_FILE added (values are never shown)
                  label team: shop -> pay
                  layers: 1 shared (41.0 MB), 1 new (2.4 MB), 1 gone
         GATES  + evidence: staging: 2 of 2 at 13:52
                + soak: 10m in staging              + veto: none in prod
                + lease: free, taken at the start   + target: observed at 14:04:00
                + platform: linux/amd64             + live: green is healthy now
         STEPS  1 prepare      lease, digest again, A/A check of green
                2 deploy idle  blue runs it
                3 verify idle  3 checks
                4 switch       green -> blue, one change: the commit point
                5 verify live  3 checks
                6 bake         10 min, green warm
                then pointer tags prod-blue and prod name it, and v2.31.0 is set
         Type the first 4 characters of the digest to promote:  [____]
         (y promote)  v what will run  D differences  R rollback  ? help  q back
        """,
    ]
}
