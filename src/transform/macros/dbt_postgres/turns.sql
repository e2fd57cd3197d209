{#- An advisory lock, which ends with the transaction: it holds up other builds of this relation only, no reader, writer or vacuum. -#}
{% macro postgres__wait_for_other_builds(relation) %}
  {% do run_query(
    "select pg_advisory_xact_lock(hashtext('millrace build'), hashtext('" ~ escape_single_quotes(relation | string) ~ "'))") %}
{% endmacro %}
