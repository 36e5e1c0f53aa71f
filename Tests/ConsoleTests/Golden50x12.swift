/// What the screens look like in 50 by 12 columns and rows.
enum Golden50x12 {
    static let pictures: [Picture: String] = [
        .dashboard: """
         payments                               14:02 UTC
        >testing  A v2.31.0-rc.2  + healthy
         staging  A v2.31.0-rc.2  ~ soak 9/10m
         prod     C v2.30.3       * LIVE 100 % green
         R        B v2.30.1       warm, seconds
        """,
        .plan: """
         PLAN  payments  staging -> prod   pla~ 14:04 UTC
         FROM   staging    A sha256:19f9bb994ab5be14...8d~
         TO     prod/blue      replaces B there; then tra~
         LIVE   prod/green     C sha256:a62b8a1442df  v2.~
         GATES  + evidence: staging: 2 of 2 at 13:52
                + soak: 10m in staging
                + veto: none in prod
                + lease: free, taken at the start
                + target: observed at 14:04:00
                + platform: linux/amd64
                + live: green is healthy now
         First 4 of the digest:  [19__]
        """,
        .live: """
         LIVE  promotion 3  payments  A v2.31.~ 14:04 UTC
         by alice                        ~ verifying idle
         + 1 prepare  2s
         + 2 deploy idle  800 ms
         ~ 3 verify idle  1 of 3
         . 4 switch
         . 5 verify live
         . 6 bake 10 min
         ------------------------------------------------
         14:04:03  + running digest    pass 2 of 2     ru~
        """,
        .rollback: """
         payments                               14:02 UTC
        >testing  A v2.31.0-rc.2  + healthy
        +----------- ROLL BACK  payments prod -----------+
        |  from    green   C a62b8a14  v2.30.3           |
        |  to      blue    B 65f9a599  v2.30.1           |
        |  proof   + warm: the slot runs it and answers,~|
        |  effect  traffic only, seconds; the release th~|
        |  y  roll back now   Esc  leave                 |
        +------------------------------------------------+
        """,
        .help: """
         HELP  service                          14:02 UTC
         (...) = not possible now, and why
         MOVE
         j Down  next row
         k Up    row before
         g Home  first row
         G End   last row
         PgDn    page down
         PgUp    page up
         Tab     next pane or environment
         /       show only what holds a text
        """,
        .release: """
         RELEASE  v2.31.0-rc.2                  14:02 UTC
         sha256:19f9bb994ab5be142a6675fb53517f6b42602228f~
         A  v2.31.0-rc.2  of registry.example:5000/shop/p~
         [Provenance]  Where  Tags  Evidence
         provenance     + signature: release (f88be493)
                        + attestation
                        https://slsa.dev/provenance/v1:
                        x attestation
                        https://cyclonedx.org/bom:
                        ? paper: not verified: a notation
                        signature is not read by this
        """,
        .differences: """
         PLAN  payments  staging -> prod   pla~ 14:04 UTC
         FROM   staging    A sha256:19f9bb994ab5be14...8d~
         TO     prod/blue      replaces B there; then tra~
         LIVE   prod/green     C sha256:a62b8a1442df  v2.~
         CHANGE 2 labels, user, 2 variables, 1 of 2
                layers new (2.4 MB), +300 kB
                  revision: e0516f9c718d -> 3a2865c09456
                  user: app -> 65532
                  variable LOG changed (values are never
                  variable TOKEN_FILE added (values are
                  label team: shop -> pay
         First 4 of the digest:  [____]
        """,
    ]
}
