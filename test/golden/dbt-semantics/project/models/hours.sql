select current_timestamp as ts_hour
